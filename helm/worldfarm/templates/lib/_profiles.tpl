{{/* profile.json of a profile: given as `definition`, or shipped with the chart */}}
{{- define "worldfarm.definition" -}}
{{- if .profile.definition -}}
{{ mergeOverwrite (dict "schema" 1 "id" .profile.id "engine" .profile.engine) .profile.definition | toPrettyJson }}
{{- else -}}
{{ .root.Files.Get (printf "profiles/%s.json" .profile.id) | trim }}
{{- end -}}
{{- end -}}

{{/* All profiles as <id>/profile.json; the gateway takes jobs for them while nobody serves them yet. */}}
{{- define "worldfarm.profilesVolume" -}}
- name: profiles
  configMap:
    name: {{ include "worldfarm.fullname" .root }}-profiles
    items:
      {{- range .profiles }}
      - { key: {{ .id }}.json, path: {{ .id }}/profile.json }
      {{- end }}
{{- end -}}

{{- define "worldfarm.profilesChecksum" -}}
checksum/profiles: {{ .Values.profiles | toJson | sha256sum }}
{{- end -}}
