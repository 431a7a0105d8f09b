import type { Gateway } from '../gateway.ts';
import { json, type Call, type Reply } from '../http/call.ts';
import { accept } from '../submit/accept.ts';
import { readOptions } from '../submit/options.ts';
import { readVideoRequest, videoBody } from './request.ts';
import { videoView } from './view.ts';

/** `POST /v1/videos`: `model` is a profile. */
export async function createVideo(call: Call, gateway: Gateway): Promise<Reply> {
  const request = readVideoRequest(call.body);
  const options = readOptions(call);
  const named = call.params.profile ?? request.model ?? options.profile;
  const profile = named ? await gateway.catalogue.need(named) : await gateway.catalogue.fallback();
  const { family, body } = videoBody(request, profile);
  const record = await accept({ body, family, options: { ...options, profile: profile.id } }, call, gateway);
  return json(200, videoView(record), { 'Worldfarm-Job-Id': record.spec.id });
}
