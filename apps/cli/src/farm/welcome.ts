/** What `up` prints when the farm is ready. */
export function welcome(url: string, data: string): string[] {
  const body = {
    prompt: 'a red circle moves right on a blue background',
    resolution: '256',
    num_output_frames: 25,
    seed: 4,
  };
  return [
    '',
    `  Worldfarm is ready at ${url}`,
    `  docs       ${url}/docs`,
    `  kept in    ${data}`,
    '',
    '  Try it:',
    `  curl -s ${url}/v1/infer -H 'Content-Type: application/json' \\`,
    `    -d '${JSON.stringify(body)}' \\`,
    `    | python3 -c "import sys,json,base64; open('out.mp4','wb').write(base64.b64decode(json.load(sys.stdin)['b64_video']))"`,
    '',
    '  or: npx worldfarm render "a red circle moves right on a blue background" -o out.mp4',
    '  Ctrl-C stops everything; jobs and videos are kept.',
    '',
  ];
}
