{{/* What no schema can say about one value alone is refused here, with a sentence. */}}
{{- define "worldfarm.refuse" -}}
{{- $v := .Values -}}
{{- if and (not $v.storage.claim) (not $v.storage.s3.bucket) -}}
{{- fail "storage: set storage.s3.bucket, or storage.claim to a volume that every pod can mount" -}}
{{- end -}}
{{- if and $v.storage.claim $v.storage.s3.bucket -}}
{{- fail "storage: set storage.s3.bucket or storage.claim, not both" -}}
{{- end -}}
{{- if and (eq $v.redis.mode "external") (not $v.redis.external.url) (not $v.redis.external.existingSecret.name) -}}
{{- fail "redis: an external Redis needs redis.external.url or redis.external.existingSecret.name" -}}
{{- end -}}
{{- if and (eq $v.autoscaling.kind "keda") (eq $v.autoscaling.trigger "prometheus") (not $v.autoscaling.prometheus.serverAddress) -}}
{{- fail "autoscaling: the prometheus trigger needs autoscaling.prometheus.serverAddress" -}}
{{- end -}}
{{- if and $v.gateway.gatewayApi.enabled (not $v.gateway.gatewayApi.parentRefs) -}}
{{- fail "gateway: gatewayApi needs parentRefs, the Gateways to attach to" -}}
{{- end -}}
{{- if and $v.gateway.autoscaling.enabled (gt (int $v.gateway.autoscaling.min) (int $v.gateway.autoscaling.max)) -}}
{{- fail "gateway: autoscaling.min is above autoscaling.max" -}}
{{- end -}}
{{- $gateways := ternary $v.gateway.autoscaling.min $v.gateway.replicas $v.gateway.autoscaling.enabled | int -}}
{{- if and $v.gateway.pdb.enabled (kindIs "float64" $v.gateway.pdb.minAvailable) (ge (int $v.gateway.pdb.minAvailable) $gateways) -}}
{{- fail (printf "gateway: a pdb.minAvailable of %d keeps the nodes of %d gateway(s) from ever being drained; have more gateways, or lower it" (int $v.gateway.pdb.minAvailable) $gateways) -}}
{{- end -}}
{{- $ids := list -}}
{{- range $profile := $v.profiles -}}
{{- if has .id $ids -}}{{- fail (printf "profiles: %s is there twice" .id) -}}{{- end -}}
{{- $ids = append $ids .id -}}
{{- include "worldfarm.refuseProfile" (dict "root" $ "profile" .) -}}
{{- end -}}
{{- if and $v.gateway.defaultProfile (not (has $v.gateway.defaultProfile $ids)) -}}
{{- fail (printf "gateway: the default profile %s is none of the profiles" $v.gateway.defaultProfile) -}}
{{- end -}}
{{- end -}}

{{- define "worldfarm.refuseProfile" -}}
{{- $p := .profile -}}
{{- if and (not $p.definition) (not (.root.Files.Get (printf "profiles/%s.json" $p.id))) -}}
{{- fail (printf "profile %s: the chart does not know it; give its profile.json as `definition`, so that the gateway can take jobs before a worker runs" $p.id) -}}
{{- end -}}
{{- if and (eq $p.engine "nim") (not (dig "nim" "image" "" $p)) -}}
{{- fail (printf "profile %s: engine nim needs nim.image, the NIM container" $p.id) -}}
{{- end -}}
{{- if and (eq $p.engine "videos") (not (dig "videos" "image" "" $p)) (not (dig "videos" "url" "" $p)) -}}
{{- fail (printf "profile %s: engine videos needs videos.image to run beside the worker, or videos.url" $p.id) -}}
{{- end -}}
{{- $tiers := list -}}
{{- $names := list -}}
{{- range $pool := $p.pools -}}
{{- if has .name $names -}}{{- fail (printf "profile %s: two pools are called %s" $p.id .name) -}}{{- end -}}
{{- $names = append $names .name -}}
{{- range .tiers -}}
{{- if has . $tiers -}}
{{- fail (printf "profile %s: tier %s is in two pools, and both would scale for the same jobs" $p.id .) -}}
{{- end -}}
{{- $tiers = append $tiers . -}}
{{- end -}}
{{- if gt (int (dig "scaling" "min" 0 .)) (int (dig "scaling" "max" 1 .)) -}}
{{- fail (printf "profile %s, pool %s: scaling.min is above scaling.max" $p.id .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
