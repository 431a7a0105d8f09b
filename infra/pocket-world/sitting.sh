#!/usr/bin/env bash
# One sitting on a machine with a GPU. Working data in POCKET_WORLD_DATA; results packed into checkpoints/, a look at them in $LOOK.
#   sitting.sh prepare   decoder, depth and seg networks, and the first minute of the denoiser
#   sitting.sh denoiser MINUTES
set -eu
cd "$(dirname "$0")"
what=$1 minutes=${2:-9} cores=$(nproc)
export OMP_NUM_THREADS=1 LOOK=${LOOK:-.}
python3 -m pocket_world.checkpoints unpack
[ "$what" = denoiser ] && renderers=$((cores - 2)) || renderers=$((cores * 5 / 8))
python3 -m pocket_world.denoiser.shards --count 4000 --workers $renderers &
shards=$!
trap 'pkill -P $shards; kill $shards 2>/dev/null || true' EXIT
train=(python3 -m pocket_world.denoiser.train --device cuda --batch 96 --room 24000)
if [ "$what" = prepare ]; then
  python3 -m pocket_world.maps.train --device cuda --kind depth --minutes .8 --batch 48 --examples 5000 --renderers 3 &
  depth=$!
  python3 -m pocket_world.maps.train --device cuda --kind seg --minutes .8 --batch 48 --examples 5000 --renderers 3 &
  seg=$!
  python3 -m pocket_world.autoencoder.train --device cuda --minutes 1.3 --batch 48 --groups 8000 --renderers 8 &
  decoder=$!
  "${train[@]}" --minutes 1 --save 30 --keep-rate
  wait $depth $seg $decoder
else
  "${train[@]}" --minutes "$minutes"
fi
pkill -P $shards || true
python3 -m pocket_world.checkpoints pack
[ -z "${KEEP:-}" ] || cp checkpoints/denoiser.* checkpoints/notes.json "$KEEP"
look=(python3 -m pocket_world.denoiser.preview --device cuda --clips 24 --held)
"${look[@]}" --out "$LOOK/text.png" &
"${look[@]}" --guidance 1 --out "$LOOK/unguided.png" &
"${look[@]}" --control edge --out "$LOOK/edge.png" &
wait $(jobs -p | grep -v "^$shards$")
