{{/*
The model server beside the worker, as a native sidecar: the worker starts when the startup probe has passed, and at
the end the server outlives it, so that a render in hand can be finished.
*/}}
{{- define "worldfarm.engineSidecar" -}}
{{- $p := .profile -}}
{{- with include "worldfarm.sidecarImage" . }}
{{- $s := get $p $p.engine }}
- name: {{ $p.engine }}
  image: {{ include "worldfarm.mirrored" (dict "root" $.root "name" .) }}
  imagePullPolicy: {{ $.root.Values.image.pullPolicy }}
  restartPolicy: Always
  {{- with $s.command }}
  command:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $s.args }}
  args:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    allowPrivilegeEscalation: false
    runAsUser: {{ $s.runAsUser | default 1000 }}
    runAsGroup: {{ $s.runAsUser | default 1000 }}
    capabilities: { drop: [ALL] }
  ports:
    - { name: engine, containerPort: 8000 }
  {{- with trim (include "worldfarm.engineEnv" (dict "profile" $p "server" $s)) }}
  env:
    {{- . | nindent 4 }}
  {{- end }}
  # Pulling weights and building engines takes from minutes to hours: {{ $s.startupMinutes | default 60 }} minutes are allowed.
  startupProbe:
    {{- include "worldfarm.probe" (dict "path" ($s.readyPath | default (ternary "/v1/health/ready" "/health" (eq $p.engine "nim"))) "port" "engine" "failures" (mul 6 ($s.startupMinutes | default 60))) | nindent 4 }}
  livenessProbe:
    {{- include "worldfarm.probe" (dict "path" ($s.livePath | default (ternary "/v1/health/live" "/health" (eq $p.engine "nim"))) "port" "engine" "period" 30 "timeout" 10 "failures" 6) | nindent 4 }}
  resources:
    {{- include "worldfarm.poolResources" $ | nindent 4 }}
  volumeMounts:
    - { name: engine-cache, mountPath: {{ $s.cachePath | default "/opt/nim/.cache" }} }
    - { name: engine-tmp, mountPath: /tmp }
    {{- if $p.sharedMemory }}
    - { name: shm, mountPath: /dev/shm }
    {{- end }}
{{ end }}
{{- end -}}

{{- define "worldfarm.engineEnv" -}}
{{- $s := .server -}}
{{- if eq .profile.engine "nim" }}
- name: NIM_HTTP_API_PORT
  value: "8000"
- name: NIM_CACHE_PATH
  value: {{ $s.cachePath | default "/opt/nim/.cache" }}
{{- if not $s.airGapped }}
- name: NGC_API_KEY
  valueFrom:
    secretKeyRef: { name: {{ dig "apiKeySecret" "name" "ngc-api" $s }}, key: {{ dig "apiKeySecret" "key" "NGC_API_KEY" $s }} }
{{- end }}
{{- end }}
{{- include "worldfarm.settings" (dict "settings" ($s.env | default dict) "secretSettings" dict) }}
{{- end -}}
