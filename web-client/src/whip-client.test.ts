import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePeerConnection, FakeStream } from './testing/fake-browser.js';
import { WhipClient } from './whip-client.js';

describe('the WHIP client', () => {
  const fetched = vi.fn<typeof fetch>();
  const publish = (options: { receive?: boolean; token?: string } = {}) =>
    WhipClient.publish({
      endpoint: 'https://gateway.example/whip/echo',
      stream: new FakeStream() as unknown as MediaStream,
      ...options,
    });

  beforeEach(() => {
    vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
    vi.stubGlobal('location', { href: 'https://page.example/' });
    vi.stubGlobal('fetch', fetched.mockReset());
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('posts the offer, applies the answer, and deletes the resource at the end', async () => {
    fetched.mockResolvedValueOnce(
      new Response('v=0 answer', { status: 201, headers: { location: '/whip/resource/7' } }),
    );
    fetched.mockResolvedValueOnce(new Response());
    const client = await publish({ token: 'secret' });
    const [url, request] = fetched.mock.calls[0]!;
    expect(String(url)).toBe('https://gateway.example/whip/echo');
    expect(request).toMatchObject({
      method: 'POST',
      body: 'v=0 offer',
      headers: { 'content-type': 'application/sdp', authorization: 'Bearer secret' },
    });
    expect(FakePeerConnection.last.remoteDescription?.sdp).toBe('v=0 answer');
    await client.close();
    await client.close();
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(String(fetched.mock.calls[1]![0])).toBe('https://gateway.example/whip/resource/7');
    expect(fetched.mock.calls[1]![1]).toMatchObject({ method: 'DELETE' });
    expect(FakePeerConnection.last.closed).toBe(true);
  });

  it('sends only, when nothing is wanted back', async () => {
    fetched.mockResolvedValue(new Response('v=0', { status: 201 }));
    const client = await publish({ receive: false });
    expect(FakePeerConnection.last.transceivers[0]?.direction).toBe('sendonly');
    await client.close();
  });

  it('closes the connection and says why when it is refused', async () => {
    const problem = { code: 'server_full', detail: '20 of 20' };
    fetched.mockResolvedValueOnce(Response.json(problem, { status: 503, headers: { 'retry-after': '5' } }));
    await expect(publish()).rejects.toMatchObject({
      code: 'server_full',
      detail: '20 of 20',
      retryAfterSeconds: 5,
    });
    expect(FakePeerConnection.last.closed).toBe(true);
  });

  it('calls a gateway that does not answer unreachable', async () => {
    fetched.mockRejectedValueOnce(new TypeError('fetch failed'));
    await expect(publish()).rejects.toMatchObject({ code: 'gateway_unreachable' });
  });
});
