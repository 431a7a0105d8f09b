{{/* Restricted Pod Security: (dict "user" 10001) */}}
{{- define "worldfarm.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "worldfarm.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{/* Where a pod of ours may run: nodeSelector, tolerations, affinity of its values */}}
{{- define "worldfarm.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "worldfarm.probe" -}}
httpGet: { path: {{ .path }}, port: {{ .port }} }
periodSeconds: {{ .period | default 10 }}
timeoutSeconds: {{ .timeout | default 5 }}
failureThreshold: {{ .failures | default 3 }}
{{- end -}}

{{/* Mounts that storage needs in every pod */}}
{{- define "worldfarm.storageMounts" -}}
{{- if .Values.storage.claim }}
- { name: store, mountPath: /store }
{{- end }}
{{- if .Values.storage.s3.caSecret }}
- { name: storage-ca, mountPath: /etc/worldfarm/ca, readOnly: true }
{{- end }}
{{- end -}}

{{- define "worldfarm.storageVolumes" -}}
{{- with .Values.storage.claim }}
- name: store
  persistentVolumeClaim: { claimName: {{ . }} }
{{- end }}
{{- with .Values.storage.s3.caSecret }}
- name: storage-ca
  secret: { secretName: {{ . }} }
{{- end }}
{{- end -}}
