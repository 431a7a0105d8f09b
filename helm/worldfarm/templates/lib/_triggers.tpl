{{/* Whether a profile's tiers are served by several pools: then each pool counts its own. */}}
{{- define "worldfarm.split" -}}
{{- if gt (len .profile.pools) 1 }}yes{{ end -}}
{{- end -}}

{{- define "worldfarm.formula" -}}
{{- $waiting := list -}}
{{- $busy := list -}}
{{- range .pool.tiers -}}
{{- $waiting = append $waiting (printf "backlog%s" .) -}}
{{- $busy = append $busy (printf "active%s" .) -}}
{{- end -}}
max(ceil(({{ join " + " $waiting }}) / {{ include "worldfarm.jobsPerWorker" . }}), {{ join " + " $busy }})
{{- end -}}

{{/*
Two numbers: the backlog over the jobs that a worker is for, and the busy workers. The larger one counts, so a queue
that runs dry takes no worker away from its render.
*/}}
{{- define "worldfarm.triggers.metrics-api" -}}
{{- $x := . -}}
{{- $split := include "worldfarm.split" . -}}
{{- range $tier := ternary .pool.tiers (list "") (not (empty $split)) }}
{{- range $number, $target := dict "backlog" (include "worldfarm.jobsPerWorker" $x) "active" "1" }}
- type: metrics-api
  {{- if $split }}
  name: {{ $number }}{{ $tier }}
  {{- else }}
  name: {{ $number }}
  {{- end }}
  metricType: AverageValue
  metadata:
    url: {{ include "worldfarm.gatewayUrl" $x.root }}/v1/queues/{{ $x.profile.id }}{{ if $tier }}?tier={{ $tier }}{{ end }}
    valueLocation: {{ $number }}
    targetValue: {{ $target | quote }}
    activationTargetValue: "0"
    {{- if $x.keyed }}
    authMode: bearer
  authenticationRef:
    name: {{ include "worldfarm.fullname" $x.root }}-queues
    {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Each gateway tells the same numbers, hence max; a queue that never held a job tells none, hence vector(0). */}}
{{- define "worldfarm.triggers.prometheus" -}}
{{- $x := . -}}
{{- $tiers := join "|" .pool.tiers -}}
{{- $where := printf "namespace=%q,profile=%q,tier=~%q" .root.Release.Namespace .profile.id $tiers -}}
{{- $queries := dict "backlog" (printf "sum(max by (tier) (worldfarm_queue_backlog{%s})) or vector(0)" $where) "active" (printf "sum(max by (tier, priority) (worldfarm_queue_jobs{%s,state=\"active\"})) or vector(0)" $where) -}}
{{- range $number, $query := $queries }}
- type: prometheus
  name: {{ $number }}
  metricType: AverageValue
  metadata:
    serverAddress: {{ $x.root.Values.autoscaling.prometheus.serverAddress }}
    query: {{ $query | quote }}
    threshold: {{ ternary (include "worldfarm.jobsPerWorker" $x) "1" (eq $number "backlog") | quote }}
    activationThreshold: "0"
  {{- with $x.root.Values.autoscaling.prometheus.authenticationRef }}
  authenticationRef:
    name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}
