{{/* An account without a token: (dict "root" $ "component" name) */}}
{{- define "worldfarm.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "worldfarm.metadata" . | nindent 2 }}
  {{- with .root.Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}
