{{/* Egress rules, each a list item. */}}
{{- define "worldfarm.toDns" -}}
- ports:
    {{- range .Values.networkPolicy.dnsPorts }}
    - { port: {{ . }}, protocol: UDP }
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end -}}

{{- define "worldfarm.toRedis" -}}
{{- if eq .Values.redis.mode "bundled" -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "worldfarm.selector" (dict "root" . "component" "redis") | nindent 10 }}
  ports:
    - { port: 6379, protocol: TCP }
{{- else -}}
- ports:
    {{- range .Values.networkPolicy.redisPorts }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
  {{- with .Values.networkPolicy.redisTo }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{- define "worldfarm.toStorage" -}}
{{- if not .Values.storage.claim }}
- ports:
    {{- range .Values.networkPolicy.storagePorts }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
  {{- with .Values.networkPolicy.storageTo }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- with .Values.networkPolicy.identityCidrs }}
- to:
    {{- range . }}
    - ipBlock: { cidr: {{ . | quote }} }
    {{- end }}
{{- end }}
{{- end -}}

{{- define "worldfarm.toTraces" -}}
{{- if .Values.tracing.endpoint }}
- ports:
    {{- range .Values.networkPolicy.tracesPorts }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
  {{- with .Values.networkPolicy.tracesTo }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* The internet without the private ranges: the farm's own guard refuses those too, unless told otherwise. */}}
{{- define "worldfarm.toInternet" -}}
{{- if .Values.networkPolicy.internet }}
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except: [10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
    - ipBlock:
        cidr: "::/0"
        except: ["::1/128", "fc00::/7", "fe80::/10"]
{{- end }}
{{- end -}}

{{/* Ingress from those who scrape: (dict "root" $ "port" 8080) */}}
{{- define "worldfarm.fromMetrics" -}}
- ports:
    - { port: {{ .port }}, protocol: TCP }
  from:
    {{- if .root.Values.networkPolicy.metricsFrom }}
    {{- toYaml .root.Values.networkPolicy.metricsFrom | nindent 4 }}
    {{- else }}
    - namespaceSelector: {}
    {{- end }}
{{- end -}}

{{/* Why the workers of a profile must reach something beside Redis and storage; empty when they need not. */}}
{{- define "worldfarm.outside" -}}
{{- if and (eq .engine "nim") (not (dig "nim" "airGapped" false .)) -}}
The NIM fetches its weights from NGC.
{{- else if and (eq .engine "videos") (dig "videos" "url" "" .) -}}
The model server runs elsewhere.
{{- else if eq (dig "model" "source" "" .) "hub" -}}
The model is fetched from a hub.
{{- end -}}
{{- end -}}
