{{/* Raises the pod's deletion cost while its worker renders, so that a shrinking pool loses idle workers first. */}}
{{- define "worldfarm.deletionCost" -}}
{{- with .root.Values.workers.deletionCost }}
{{- if .enabled }}
- name: deletion-cost
  image: {{ include "worldfarm.image" (dict "root" $.root "image" $.root.Values.image.service) }}
  imagePullPolicy: {{ $.root.Values.image.pullPolicy }}
  restartPolicy: Always
  args: [infra/docker/deletion-cost/main.ts]
  {{- include "worldfarm.containerSecurity" $.root | nindent 2 }}
  env:
    - name: WORLDFARM_POD_NAME
      valueFrom:
        fieldRef: { fieldPath: metadata.name }
    - name: WORLDFARM_POD_NAMESPACE
      valueFrom:
        fieldRef: { fieldPath: metadata.namespace }
    - name: WORLDFARM_DELETION_COST_IDLE
      value: {{ .idle | quote }}
    - name: WORLDFARM_DELETION_COST_BUSY
      value: {{ .busy | quote }}
    - name: WORLDFARM_DELETION_COST_SECONDS
      value: {{ .everySeconds | quote }}
    - name: NODE_EXTRA_CA_CERTS
      value: /var/run/worldfarm/api/ca.crt
  resources:
    requests: { cpu: 10m, memory: 64Mi }
    limits: { memory: 128Mi }
  volumeMounts:
    - { name: api-token, mountPath: /var/run/worldfarm/api, readOnly: true }
{{ end }}
{{- end }}
{{- end -}}
