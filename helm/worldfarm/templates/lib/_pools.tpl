{{/* Name of a pool's objects: (dict "root" $ "profile" p "pool" q) */}}
{{- define "worldfarm.poolName" -}}
{{- $tail := printf "%s-%s" (regexReplaceAll "[._]" .profile.id "-") .pool.name -}}
{{- printf "%s-%s" (include "worldfarm.fullname" .root) $tail | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "worldfarm.poolLabels" -}}
worldfarm.dev/profile: {{ .profile.id }}
worldfarm.dev/pool: {{ .pool.name }}
{{- end -}}

{{/* Seconds that a worker may take to end. An onnx render is handed back with a checkpoint; others must run to their end. */}}
{{- define "worldfarm.graceSeconds" -}}
{{- if .profile.graceSeconds -}}
{{ int .profile.graceSeconds }}
{{- else if eq .profile.engine "onnx" -}}
25
{{- else -}}
{{- $longest := .profile.longestRenderSeconds | default .pool.renderSeconds | default 600 -}}
{{ add (ceil (mulf 1.2 $longest)) 60 }}
{{- end -}}
{{- end -}}

{{/*
Jobs that one worker is for. A new worker costs its cold start and its idle end before it has rendered anything: so
many jobs that these are the share `autoscaling.overhead` of the rendering. infra/sim shows what that does to waits.
*/}}
{{- define "worldfarm.jobsPerWorker" -}}
{{- $scaling := .pool.scaling | default dict -}}
{{- if $scaling.jobsPerWorker -}}
{{ int $scaling.jobsPerWorker }}
{{- else -}}
{{- $a := .root.Values.autoscaling -}}
{{- $idle := addf (.profile.coldStartSeconds | default 300) $a.scaleDownSeconds -}}
{{- max 1 (ceil (divf $idle (mulf $a.overhead (.pool.renderSeconds | default 200)))) | int -}}
{{- end -}}
{{- end -}}

{{/* How many there are at the start, and always where nothing scales them. A running farm keeps what it has. */}}
{{- define "worldfarm.poolReplicas" -}}
{{- $min := int (dig "scaling" "min" 0 .pool) -}}
{{- if eq .root.Values.autoscaling.kind "none" -}}
{{ max 1 $min }}
{{- else -}}
{{- $live := lookup "apps/v1" "Deployment" .root.Release.Namespace (include "worldfarm.poolName" .) -}}
{{- dig "spec" "replicas" $min ($live | default dict) -}}
{{- end -}}
{{- end -}}

{{/* Spot nodes: preferred, or with `only` required; their taints are tolerated. */}}
{{- define "worldfarm.poolPlacement" -}}
{{- $spot := .pool.spot | default dict -}}
{{- $labels := .root.Values.workers.spot.labels -}}
{{- $tolerations := .pool.tolerations | default list -}}
{{- if $spot.enabled -}}
{{- range $labels -}}
{{- $tolerations = append $tolerations (dict "key" .key "operator" "Equal" "value" .value "effect" "NoSchedule") -}}
{{- end -}}
{{- end -}}
{{- with .pool.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .pool.affinity }}
affinity:
  {{- toYaml .pool.affinity | nindent 2 }}
{{- else if $spot.enabled }}
affinity:
  nodeAffinity:
    {{- if $spot.only }}
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
        {{- range $labels }}
        - matchExpressions: [{ key: {{ .key }}, operator: In, values: [{{ .value | quote }}] }]
        {{- end }}
    {{- else }}
    preferredDuringSchedulingIgnoredDuringExecution:
      {{- range $labels }}
      - weight: 100
        preference:
          matchExpressions: [{ key: {{ .key }}, operator: In, values: [{{ .value | quote }}] }]
      {{- end }}
    {{- end }}
{{- end }}
{{- end -}}

{{/* Resources of the container that renders, with the pool's GPUs */}}
{{- define "worldfarm.poolResources" -}}
{{- $resources := deepCopy (.pool.resources | default (ternary dict .root.Values.workers.cpuResources (not (empty .pool.gpus)))) -}}
{{- if .pool.gpus -}}
{{- $limits := merge (dict (.pool.gpuResource | default "nvidia.com/gpu") (int .pool.gpus)) ($resources.limits | default dict) -}}
{{- $resources = set $resources "limits" $limits -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{/* Whether a container beside the worker renders */}}
{{- define "worldfarm.sidecarImage" -}}
{{- if eq .profile.engine "nim" }}{{ .profile.nim.image }}{{ else if eq .profile.engine "videos" }}{{ dig "videos" "image" "" .profile }}{{ end -}}
{{- end -}}
