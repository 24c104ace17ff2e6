import type { Page } from '@playwright/test';

/** Makes the two pages secure, with nothing of Sightline in them. */
export async function openPlainPages(from: Page, to: Page): Promise<void> {
  for (const page of [from, to]) {
    await page.route('http://localhost/direct', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><style>body{margin:0}video{width:960px}</style><video autoplay muted playsinline></video>',
      }),
    );
    await page.goto('http://localhost/direct');
  }
}

/**
 * Sends the camera of one page to the other without any server: the test carries the descriptions.
 * Both peers wait for their candidates, and the receiver buffers as little as the dashboard does.
 */
export async function connectDirectly(from: Page, to: Page): Promise<void> {
  const offer = await from.evaluate(async () => {
    const peer = new RTCPeerConnection();
    Object.assign(window, { peer });
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    for (const track of stream.getTracks()) peer.addTrack(track, stream);
    await peer.setLocalDescription();
    if (peer.iceGatheringState !== 'complete') {
      await new Promise((resolve) => {
        peer.onicegatheringstatechange = () =>
          peer.iceGatheringState === 'complete' && resolve(null);
      });
    }
    return peer.localDescription?.sdp ?? '';
  });
  const answer = await to.evaluate(async (sdp) => {
    const peer = new RTCPeerConnection();
    Object.assign(window, { peer });
    peer.ontrack = ({ track, receiver }) => {
      receiver.jitterBufferTarget = 0;
      const video = document.querySelector('video');
      if (video !== null) video.srcObject = new MediaStream([track]);
    };
    await peer.setRemoteDescription({ type: 'offer', sdp });
    await peer.setLocalDescription();
    if (peer.iceGatheringState !== 'complete') {
      await new Promise((resolve) => {
        peer.onicegatheringstatechange = () =>
          peer.iceGatheringState === 'complete' && resolve(null);
      });
    }
    return peer.localDescription?.sdp ?? '';
  }, offer);
  await from.evaluate(async (sdp) => {
    const { peer } = window as unknown as { peer: RTCPeerConnection };
    await peer.setRemoteDescription({ type: 'answer', sdp });
  }, answer);
}

/** Closes both sides. */
export async function disconnect(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    await page.evaluate(() => (window as unknown as { peer: RTCPeerConnection }).peer.close());
  }
}
