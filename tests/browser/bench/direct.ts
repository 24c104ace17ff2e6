import type { Page } from '@playwright/test';

/** What {@link rememberPeers} and the functions here keep in a page. */
interface Remembered {
  readonly peers: RTCPeerConnection[];
  sent?: { readonly sender: RTCRtpSender; readonly track: MediaStreamTrack };
}

/** Both paths send at most so much, so that they carry the same pictures. */
const MAX_BITRATE_BPS = 1_000_000;

/** To be run before the page's own scripts: keeps its peer connections within reach. */
export function rememberPeers(): void {
  const peers: RTCPeerConnection[] = [];
  Object.assign(window, { peers });
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      peers.push(this);
    }
  };
}

/** Caps what the customer's page sends through the server. */
export async function capBitrate(customer: Page): Promise<void> {
  await customer.evaluate(async (maxBitrate) => {
    const { peers } = window as unknown as Remembered;
    const sender = peers
      .flatMap((peer) => peer.getSenders())
      .find(({ track }) => track?.kind === 'video');
    if (sender === undefined) throw new Error('the page sends no video');
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.maxBitrate = maxBitrate;
    await sender.setParameters(parameters);
  }, MAX_BITRATE_BPS);
}

/**
 * Takes the server out of the way: the camera that the customer's page sends goes straight into
 * the video of the agent's page, over a connection whose descriptions the test carries. The pages,
 * their encoders, their overlays and the receiver's settings stay what they were.
 */
export async function connectDirectly(customer: Page, agent: Page): Promise<void> {
  const offer = await customer.evaluate(async (maxBitrate) => {
    const remembered = window as unknown as Remembered;
    const sender = remembered.peers
      .flatMap((peer) => peer.getSenders())
      .find(({ track }) => track?.kind === 'video');
    const track = sender?.track;
    if (sender === undefined || !track) throw new Error('the page sends no video');
    await sender.replaceTrack(null);
    const peer = new RTCPeerConnection();
    peer.addTransceiver(track, { direction: 'sendonly', sendEncodings: [{ maxBitrate }] });
    await peer.setLocalDescription();
    if (peer.iceGatheringState !== 'complete') {
      await new Promise((resolve) => {
        peer.onicegatheringstatechange = () =>
          peer.iceGatheringState === 'complete' && resolve(null);
      });
    }
    return peer.localDescription?.sdp ?? '';
  }, MAX_BITRATE_BPS);
  const answer = await agent.evaluate(async (sdp) => {
    const peer = new RTCPeerConnection();
    peer.ontrack = ({ track, receiver }) => {
      receiver.jitterBufferTarget = 0;
      const video = document.querySelector<HTMLVideoElement>('[data-testid=surface-video]');
      if (video === null) throw new Error('the page shows no video');
      video.srcObject = new MediaStream([track]);
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
  await customer.evaluate(async (sdp) => {
    const { peers } = window as unknown as Remembered;
    await peers.at(-1)?.setRemoteDescription({ type: 'answer', sdp });
  }, answer);
  // The last picture that came through the server must not be counted.
  await agent.waitForFunction(() => {
    const { peers } = window as unknown as Remembered;
    return peers.at(-1)?.connectionState === 'connected';
  });
}
