import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openOutbound } from './outbound.ts';

/** What a hostile zone would answer. Names that are not here do not exist. */
const ZONE: Record<string, readonly string[]> = {
  localhost: ['127.0.0.1'],
  'localtest.me': ['127.0.0.1'],
  '10.0.0.1.nip.io': ['10.0.0.1'],
  'metadata.google.internal': ['169.254.169.254'],
  'kubernetes.default.svc': ['10.96.0.1'],
  'v6-loopback.example': ['::1'],
  'v6-mapped.example': ['::ffff:10.0.0.1'],
  'v6-zone.example': ['fe80::1%eth0'],
  'one-of-two.example': ['93.184.216.34', '127.0.0.1'],
  'aaaa-of-two.example': ['93.184.216.34', 'fd00::1'],
  'nonsense.example': ['not an address'],
  'octal.example': ['0177.0.0.1'],
  'short.example': ['127.1'],
};

/** A URL a line; the word after it says what is odd about it. */
const REFUSED = `
http://127.0.0.1/                           loopback
http://127.255.255.254/                     loopback
http://127.1/                               short form
http://127.0.1/                             short form
http://2130706433/                          decimal
http://0x7f000001/                          hex
http://0x7f.0.0.1/                          hex part
http://017700000001/                        octal
http://0177.0.0.1/                          octal part
http://0177.0x0.0.01/                       mixed bases
http://00000177.0.0.1/                      padded octal
http://127.0.0.1./                          final dot
http://127%2e0%2e0%2e1/                     escaped dots
http://%31%32%37.0.0.1/                     escaped digits
http://127。0。0。1/                         ideographic dots
http://１２７.０.０.１/                         full-width digits
http://①②⑦.0.0.1/                           circled digits
http:\\\\127.0.0.1/                         backslashes
http:/127.0.0.1/                            one slash
http:127.0.0.1/                             no slash
 http://127.0.0.1/                          leading blank
http://127.0.0.1:80/                        port
http://127.0.0.1:6379/                      redis
https://127.0.0.1/                          tls
http://0.0.0.0/                             unspecified
http://0/                                   unspecified
http://0.1.2.3/                             this network
http://10.0.0.1/                            private
http://10.255.255.255/                      private
http://172.16.0.1/                          private
http://172.31.255.255/                      private
http://192.168.1.1/                         private
http://0xa000001/                           private, hex
http://167772161/                           private, decimal
http://100.64.0.1/                          carrier-grade NAT
http://100.100.100.200/                     metadata service
http://169.254.0.1/                         link-local
http://169.254.169.254/                     metadata service
http://2852039166/                          metadata service, decimal
http://0xa9fea9fe/                          metadata service, hex
http://169.254.170.2/                       metadata service of tasks
http://168.63.129.16/                       metadata service on a public address
http://192.0.0.192/                         metadata service
http://192.0.2.1/                           documentation
http://198.51.100.1/                        documentation
http://203.0.113.1/                         documentation
http://198.18.0.1/                          benchmarks
http://192.88.99.1/                         6to4 relay
http://224.0.0.1/                           multicast
http://239.255.255.250/                     multicast
http://240.0.0.1/                           reserved
http://255.255.255.255/                     broadcast
http://[::1]/                               loopback
http://[0:0:0:0:0:0:0:1]/                   loopback, long
http://[::]/                                unspecified
http://[::127.0.0.1]/                       IPv4-compatible
http://[::ffff:127.0.0.1]/                  IPv4-mapped
http://[::ffff:7f00:1]/                     IPv4-mapped, hex
http://[::ffff:8.8.8.8]/                    IPv4-mapped, public
http://[::ffff:0:127.0.0.1]/                IPv4-translated
http://[64:ff9b::127.0.0.1]/                NAT64
http://[64:ff9b::a00:1]/                    NAT64, private
http://[64:ff9b:1::a00:1]/                  NAT64, local prefix
http://[2002:7f00:1::]/                     6to4
http://[2002:a00:1::1]/                     6to4, private
http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/  Teredo
http://[2400:cb00::5efe:10.0.0.1]/          ISATAP
http://[fe80::1]/                           link-local
http://[fec0::1]/                           site-local
http://[fc00::1]/                           unique-local
http://[fd00:ec2::254]/                     metadata service
http://[ff02::1]/                           multicast
http://[2001:db8::1]/                       documentation
http://[100::1]/                            discard
http://[4000::1]/                           not handed out
http://localhost/                           name
http://LOCALHOST/                           upper case
http://localhost./                          final dot
http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/                            circled letters
http://localtest.me/                        public name of loopback
http://10.0.0.1.nip.io/                     wildcard name
http://metadata.google.internal/            metadata service by name
http://kubernetes.default.svc/              cluster name
http://v6-loopback.example/                 AAAA
http://v6-mapped.example/                   AAAA, mapped
http://v6-zone.example/                     AAAA, with a zone
http://one-of-two.example/                  two answers
http://aaaa-of-two.example/                 two answers
http://nonsense.example/                    answer that is no address
http://octal.example/                       octal in an answer
http://short.example/                       short form in an answer
http://nowhere.example/                     no such name
http://93.184.216.34@127.0.0.1/             user name
http://user:secret@93.184.216.34/           password
http://@127.0.0.1/                          empty user name
http://127.0.0.1#@93.184.216.34/            fragment
http://127.0.0.1?@93.184.216.34/            query
http://127.0.0.1\\@93.184.216.34/           backslash before the at sign
http://93.184.216.34:22/                    ssh
http://93.184.216.34:25/                    mail
http://93.184.216.34:0/                     port 0
ftp://93.184.216.34/                        scheme
file:///etc/passwd                          scheme
gopher://127.0.0.1:6379/_INFO               scheme
data:text/plain,hello                       scheme
javascript:alert(1)                         scheme
ws://93.184.216.34/                         scheme
//127.0.0.1/                                no scheme
http://                                     no host
http://[::1                                 half a bracket
http://[fe80::1%25eth0]/                    zone
http://256.1.1.1/                           no such address
http://1.2.3.4.5/                           five parts
`;

const cases = REFUSED.split('\n')
  .filter(Boolean)
  .map((line) => {
    const [url, trick] = line.split(/(?<=\S) {2,}/) as [string, string];
    return { url, trick };
  });

const limits = { timeoutMs: 1_000, maxBytes: 1_000 };

describe('the way out', () => {
  it(`is closed to all ${cases.length} addresses and tricks: nothing is dialed`, async () => {
    assert.ok(cases.length >= 100);
    const dialed: string[] = [];
    const outbound = openOutbound({
      resolve: async (name) => ZONE[name] ?? Promise.reject(new Error('NXDOMAIN')),
      dial: async ({ address }) => {
        dialed.push(address);
        throw new Error('recorded');
      },
    });
    const open: string[] = [];
    for (const { url, trick } of cases) {
      const failure = await outbound.request(url, limits).catch((error) => error.failure);
      const expected = trick === 'no such name' ? 'unresolved' : 'refused';
      if (failure !== expected) open.push(`${url} (${trick}): ${failure}`);
    }
    assert.deepEqual(open, []);
    assert.deepEqual(dialed, []);
    await outbound.close();
  });

  it('says the same when a URL is only checked', async () => {
    const outbound = openOutbound({
      resolve: async (name) => ZONE[name] ?? Promise.reject(new Error('NXDOMAIN')),
    });
    for (const { url, trick } of cases) await assert.rejects(outbound.check(url), `${url} (${trick})`);
    await outbound.close();
  });

  it('is open to public addresses, which are dialed as they were resolved', async () => {
    const dialed: string[] = [];
    const outbound = openOutbound({
      resolve: async () => ['93.184.216.34', '2606:2800:21f:cb07::1'],
      dial: async ({ address, port }) => {
        dialed.push(`${address} ${port}`);
        throw new Error('recorded');
      },
    });
    for (const url of ['http://example.com/', 'https://8.8.8.8:8443/', 'http://[2606:4700::1111]/']) {
      const failure = await outbound.request(url, limits).catch((error) => error.failure);
      assert.equal(failure, 'unreachable');
    }
    assert.deepEqual(dialed, [
      '93.184.216.34 80',
      '2606:2800:21f:cb07::1 80',
      '8.8.8.8 8443',
      '2606:4700::1111 80',
    ]);
    await outbound.close();
  });

  it('never shows an address or a reason of ours in its message', async () => {
    const outbound = openOutbound({ resolve: async () => ['10.9.8.7'] });
    await assert.rejects(
      outbound.request('http://inside.example/', limits),
      (error: Error & { detail: string }) => {
        assert.match(error.detail, /10\.9\.8\.7 is private/);
        return !error.message.includes('10.9') && !error.message.includes('private');
      },
    );
    await outbound.close();
  });
});
