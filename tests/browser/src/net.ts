import { createSocket } from 'node:dgram';

/** Ports that the system gives to nobody who asks for any (32768 to 60999 unless set otherwise). */
const PORTS = { first: 20_000, count: 10_000 };

/** A UDP port that nobody uses at this moment, and that nobody is given by chance before it is used. */
export async function freeUdpPort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}
