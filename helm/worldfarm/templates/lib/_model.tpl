{{/* Where the files of an onnx profile come from: a claim, an image, or a copy made before the worker starts. */}}
{{- define "worldfarm.modelVolume" -}}
{{- $p := .profile -}}
{{- if eq $p.engine "onnx" }}
{{- $m := $p.model -}}
{{- if eq $m.source "pvc" }}
- name: model
  persistentVolumeClaim: { claimName: {{ $m.claim }}, readOnly: true }
{{- else if eq $m.source "imageVolume" }}
- name: model
  image:
    reference: {{ include "worldfarm.mirrored" (dict "root" .root "name" $m.reference) }}
    pullPolicy: {{ $m.pullPolicy | default "IfNotPresent" }}
{{- else if has $m.source (list "s3" "hub") }}
- name: model
  {{- if $m.cacheClaim }}
  persistentVolumeClaim: { claimName: {{ $m.cacheClaim }} }
  {{- else }}
  emptyDir: { sizeLimit: {{ $m.size | default "100Gi" }} }
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Copies the profile folder and checks each file; what is there and right is not fetched again. */}}
{{- define "worldfarm.modelInit" -}}
{{- $p := .profile -}}
{{- if eq $p.engine "onnx" -}}
{{- $m := $p.model -}}
{{- if has $m.source (list "s3" "hub") }}
- name: model
  image: {{ include "worldfarm.image" (dict "root" .root "image" .root.Values.image.service) }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args:
    - infra/docker/model/main.ts
    - --from
    - {{ $m.url | quote }}
    - --to
    - /models/{{ $p.id }}
    - --sha256
    - {{ $m.sha256 | quote }}
  {{- include "worldfarm.containerSecurity" .root | nindent 2 }}
  {{- $s3 := include "worldfarm.s3Env" .root }}
  {{- if eq $m.source "s3" }}
  {{- with trim $s3 }}
  env:
    {{- . | nindent 4 }}
  {{- end }}
  {{- else if dig "tokenSecret" "name" "" $m }}
  env:
    - name: WORLDFARM_MODEL_TOKEN
      valueFrom:
        secretKeyRef: { name: {{ $m.tokenSecret.name }}, key: {{ $m.tokenSecret.key }} }
  {{- end }}
  resources:
    requests: { cpu: 500m, memory: 256Mi }
    limits: { memory: 1Gi }
  volumeMounts:
    - { name: model, mountPath: /models/{{ $p.id }}{{ with $m.subPath }}, subPath: {{ . }}{{ end }} }
    - { name: scratch, mountPath: /tmp, subPath: tmp }
    {{- if eq $m.source "s3" }}
    {{- include "worldfarm.storageMounts" .root | nindent 4 }}
    {{- end }}
{{ end }}
{{- end -}}
{{- end -}}
