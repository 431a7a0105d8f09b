{{/* A number without its exponent: YAML makes 420000000 a float. */}}
{{- define "worldfarm.scalar" -}}
{{- if and (kindIs "float64" .) (eq (float64 (int64 .)) .) -}}{{ int64 . }}{{- else -}}{{ . }}{{- end -}}
{{- end -}}

{{/* What every process of the farm is told: Redis, storage, log, traces. */}}
{{- define "worldfarm.commonEnv" -}}
{{- $redis := .Values.redis -}}
{{- if eq $redis.mode "bundled" }}
{{- with $redis.bundled.passwordSecret }}
{{- if .name }}
- name: REDIS_PASSWORD
  valueFrom:
    secretKeyRef: { name: {{ .name }}, key: {{ .key }} }
{{- end }}
{{- end }}
- name: REDIS_URL
  value: redis://{{ if $redis.bundled.passwordSecret.name }}:$(REDIS_PASSWORD)@{{ end }}{{ include "worldfarm.fullname" . }}-redis:6379
{{- else if $redis.external.existingSecret.name }}
- name: REDIS_URL
  valueFrom:
    secretKeyRef: { name: {{ $redis.external.existingSecret.name }}, key: {{ $redis.external.existingSecret.key }} }
{{- else }}
- name: REDIS_URL
  value: {{ $redis.external.url | quote }}
{{- end }}
{{- with $redis.prefix }}
- name: WORLDFARM_REDIS_PREFIX
  value: {{ . | quote }}
{{- end }}
- name: WORLDFARM_STORE
  value: {{ include "worldfarm.storeUrl" . | quote }}
{{- include "worldfarm.s3Env" . }}
- name: NIM_LOG_LEVEL
  value: {{ .Values.log.level }}
- name: NIM_JSONL_LOGGING
  value: "1"
{{- include "worldfarm.tracingEnv" . }}
{{- end -}}

{{/* Where spans go, in OpenTelemetry's own variables; none of them: no spans. */}}
{{- define "worldfarm.tracingEnv" -}}
{{- with .Values.tracing }}
{{- if .endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .endpoint | quote }}
- name: OTEL_EXPORTER_OTLP_PROTOCOL
  value: {{ .protocol }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: service.namespace={{ include "worldfarm.fullname" $ }},k8s.namespace.name={{ $.Release.Namespace }}
{{- if .headersSecret.name }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom:
    secretKeyRef: { name: {{ .headersSecret.name }}, key: {{ .headersSecret.key }} }
{{- end }}
{{- with .sampler }}
- name: OTEL_TRACES_SAMPLER
  value: {{ . }}
{{- end }}
{{- with toString .samplerArg }}
- name: OTEL_TRACES_SAMPLER_ARG
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Credentials of S3 in the variables that its SDK reads. */}}
{{- define "worldfarm.s3Env" -}}
{{- with .Values.storage.s3.existingSecret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef: { name: {{ . }}, key: AWS_ACCESS_KEY_ID }
- name: AWS_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef: { name: {{ . }}, key: AWS_SECRET_ACCESS_KEY }
{{- end }}
{{- if .Values.storage.s3.caSecret }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/worldfarm/ca/ca.crt
{{- end }}
{{- end -}}

{{/* s3://bucket/prefix?region=...; a folder where a claim is mounted. */}}
{{- define "worldfarm.storeUrl" -}}
{{- $s3 := .Values.storage.s3 -}}
{{- if .Values.storage.claim -}}
/store
{{- else -}}
{{- $query := list -}}
{{- range $name := list "region" "endpoint" "publicEndpoint" -}}
{{- with get $s3 $name -}}
{{- $query = append $query (printf "%s=%s" $name (urlquery .)) -}}
{{- end -}}
{{- end -}}
{{- if kindIs "bool" $s3.forcePathStyle -}}
{{- $query = append $query (printf "forcePathStyle=%t" $s3.forcePathStyle) -}}
{{- end -}}
s3://{{ $s3.bucket }}{{ with trimAll "/" $s3.prefix }}/{{ . }}{{ end }}{{ with $query }}?{{ join "&" . }}{{ end }}
{{- end -}}
{{- end -}}

{{/* Settings by name, plain and from secrets: a component's values */}}
{{- define "worldfarm.settings" -}}
{{- range $name, $value := .settings }}
- name: {{ $name }}
  value: {{ include "worldfarm.scalar" $value | quote }}
{{- end }}
{{- range $name, $from := .secretSettings }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef: { name: {{ $from.secret }}, key: {{ $from.key }} }
{{- end }}
{{- end -}}
