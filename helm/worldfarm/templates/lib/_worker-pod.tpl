{{/* The pod of a pool: (dict "root" $ "profile" p "pool" q) */}}
{{- define "worldfarm.workerPod" -}}
{{- $root := .root -}}
{{- $w := $root.Values.workers -}}
{{- $p := .profile -}}
{{- $grace := include "worldfarm.graceSeconds" . -}}
serviceAccountName: {{ include "worldfarm.fullname" $root }}-worker
automountServiceAccountToken: false
enableServiceLinks: false
# The worker's own grace, half a minute in which it closes its engine, and a reserve that the hook below fits into.
terminationGracePeriodSeconds: {{ add $grace 45 }}
{{- with $w.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .pool.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- include "worldfarm.pullSecrets" (dict "root" $root "more" (ternary (list (dig "nim" "pullSecret" "ngc-secret" $p)) list (eq $p.engine "nim"))) }}
{{ include "worldfarm.podSecurity" (dict "user" 10001) }}
{{- include "worldfarm.poolPlacement" . }}
{{- $init := printf "%s%s%s" (include "worldfarm.modelInit" .) (include "worldfarm.engineSidecar" .) (include "worldfarm.deletionCost" .) }}
{{- with trim $init }}
initContainers:
  {{- . | nindent 2 }}
{{- end }}
containers:
  - name: worker
    image: {{ include "worldfarm.image" (dict "root" $root "image" (ternary $root.Values.image.workerCuda $root.Values.image.worker (and (eq $p.engine "onnx") (eq ($p.device | default "cuda") "cuda")))) }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    args: [apps/worker/src/main.ts]
    {{- include "worldfarm.containerSecurity" $root | nindent 4 }}
    ports:
      - { name: health, containerPort: 8080 }
    env:
      {{- include "worldfarm.workerEnv" . | nindent 6 }}
    # Loading a model blocks nothing of this; a worker that blocked itself answers 503 and is restarted.
    livenessProbe:
      {{- include "worldfarm.probe" (dict "path" "/health/live" "port" "health" "failures" 6) | nindent 6 }}
    readinessProbe:
      {{- include "worldfarm.probe" (dict "path" "/health/ready" "port" "health") | nindent 6 }}
    lifecycle:
      # A pod under deletion takes no more jobs; SIGTERM, which comes after this, finds the drain begun.
      preStop:
        exec: { command: [/app/node_modules/node/bin/node, infra/docker/drain/main.ts] }
    resources:
      {{- if ne $p.engine "onnx" }}
      {{- toYaml $w.forwarderResources | nindent 6 }}
      {{- else }}
      {{- include "worldfarm.poolResources" . | nindent 6 }}
      {{- end }}
    volumeMounts:
      - { name: scratch, mountPath: /scratch }
      - { name: scratch, mountPath: /tmp, subPath: tmp }
      {{- if and (eq $p.engine "onnx") (ne $p.model.source "image") }}
      - { name: model, mountPath: /models/{{ $p.id }}{{ with $p.model.subPath }}, subPath: {{ . }}{{ end }}, readOnly: true }
      {{- else if ne $p.engine "onnx" }}
      - { name: profiles, mountPath: /models, readOnly: true }
      {{- end }}
      {{- if $p.sharedMemory }}
      - { name: shm, mountPath: /dev/shm }
      {{- end }}
      {{- include "worldfarm.storageMounts" $root | nindent 6 }}
volumes:
  {{- include "worldfarm.workerVolumes" . | nindent 2 }}
{{- end -}}

{{- define "worldfarm.workerEnv" -}}
{{- $p := .profile -}}
{{- include "worldfarm.commonEnv" .root }}
- name: WORLDFARM_WORKER_ID
  valueFrom:
    fieldRef: { fieldPath: metadata.name }
- name: WORLDFARM_WORKER_PROFILES
  value: {{ $p.id }}
- name: WORLDFARM_WORKER_TIERS
  value: {{ join "," .pool.tiers | quote }}
- name: WORLDFARM_WORKER_HOST
  value: 0.0.0.0
- name: WORLDFARM_WORKER_PORT
  value: "8080"
- name: WORLDFARM_GRACE_SECONDS
  value: {{ include "worldfarm.graceSeconds" . | quote }}
- name: WORLDFARM_SCRATCH
  value: /scratch
{{- if eq $p.engine "onnx" }}
- name: WORLDFARM_DEVICE
  value: {{ $p.device | default "cuda" }}
- name: WORLDFARM_EXECUTION_PROVIDERS
  value: {{ ternary "cpu" "cuda" (eq ($p.device | default "cuda") "cpu") | quote }}
- name: WORLDFARM_CACHE
  value: /scratch/cache
{{- with .pool.threads }}
- name: WORLDFARM_THREADS
  value: {{ . | quote }}
{{- end }}
{{- else }}
- name: WORLDFARM_DEVICE
  value: {{ $p.device | default $p.engine }}
- name: WORLDFARM_UPSTREAM_URL
  value: {{ dig "videos" "url" "" $p | default "http://127.0.0.1:8000" }}
{{- if and (eq $p.engine "videos") (dig "videos" "apiKeySecret" "name" "" $p) }}
- name: WORLDFARM_UPSTREAM_API_KEY
  valueFrom:
    secretKeyRef: { name: {{ $p.videos.apiKeySecret.name }}, key: {{ $p.videos.apiKeySecret.key }} }
{{- end }}
{{- end }}
{{- if or (ne $p.engine "onnx") (ne (dig "model" "source" "image" $p) "image") }}
- name: WORLDFARM_PROFILES
  value: /models
{{- end }}
{{- include "worldfarm.settings" (dict "settings" (merge (deepCopy ($p.settings | default dict)) .root.Values.workers.settings) "secretSettings" .root.Values.workers.secretSettings) }}
{{- end -}}

{{- define "worldfarm.workerVolumes" -}}
{{- $p := .profile -}}
- name: scratch
  emptyDir: { sizeLimit: {{ .root.Values.workers.scratchSize }} }
{{- with $p.sharedMemory }}
- name: shm
  emptyDir: { medium: Memory, sizeLimit: {{ . }} }
{{- end }}
{{- include "worldfarm.modelVolume" . }}
{{- if ne $p.engine "onnx" }}
{{ include "worldfarm.profilesVolume" (dict "root" .root "profiles" (list $p)) }}
{{- end }}
{{- if and (include "worldfarm.sidecarImage" .) (hasKey $p "cache") }}
- name: engine-cache
  {{- if $p.cache.claim }}
  persistentVolumeClaim: { claimName: {{ $p.cache.claim }} }
  {{- else }}
  emptyDir: { sizeLimit: {{ $p.cache.size | default "200Gi" }} }
  {{- end }}
{{- else if include "worldfarm.sidecarImage" . }}
- name: engine-cache
  emptyDir: { sizeLimit: 200Gi }
{{- end }}
{{- if include "worldfarm.sidecarImage" . }}
- name: engine-tmp
  emptyDir: {}
{{- end }}
{{- if .root.Values.workers.deletionCost.enabled }}
- name: api-token
  projected:
    sources:
      - serviceAccountToken: { path: token, expirationSeconds: 3600 }
      - configMap:
          name: kube-root-ca.crt
          items: [{ key: ca.crt, path: ca.crt }]
{{- end }}
{{- include "worldfarm.storageVolumes" .root }}
{{- end -}}
