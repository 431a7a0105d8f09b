{{/* A whole image name: (dict "root" $ "image" .Values.image.service). A digest wins over a tag. */}}
{{- define "worldfarm.image" -}}
{{- $repository := include "worldfarm.mirrored" (dict "root" .root "name" .image.repository) -}}
{{- if .image.digest -}}
{{ $repository }}@{{ .image.digest }}
{{- else -}}
{{ $repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* A name with the mirror in place of its registry: (dict "root" $ "name" "nvcr.io/nim/x:1") */}}
{{- define "worldfarm.mirrored" -}}
{{- $name := .name -}}
{{- if .root.Values.image.registry -}}
{{- $first := splitList "/" $name | first -}}
{{- if and (contains "/" $name) (or (contains "." $first) (contains ":" $first)) -}}
{{- $name = trimPrefix (printf "%s/" $first) $name -}}
{{- end -}}
{{- $name = printf "%s/%s" .root.Values.image.registry $name -}}
{{- end -}}
{{ $name }}
{{- end -}}

{{/* Pull secrets: (dict "root" $ "more" (list "ngc-secret")) */}}
{{- define "worldfarm.pullSecrets" -}}
{{- with concat .root.Values.image.pullSecrets (.more | default list) | uniq }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}
