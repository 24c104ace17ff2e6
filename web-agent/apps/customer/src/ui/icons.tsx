import type { ComponentChildren } from 'preact';

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const PauseIcon = () => (
  <Icon>
    <path d="M8 5v14M16 5v14" />
  </Icon>
);
export const PlayIcon = () => (
  <Icon>
    <path d="M7 4.5 19 12 7 19.5Z" />
  </Icon>
);
export const TorchIcon = () => (
  <Icon>
    <path d="M13 2 5 13.5h6L10 22l9-12h-6.5Z" />
  </Icon>
);
export const SwitchIcon = () => (
  <Icon>
    <path d="M4 9h13l-3.5-3.5M20 15H7l3.5 3.5" />
  </Icon>
);
export const MicIcon = ({ off }: { off: boolean }) => (
  <Icon>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
    {off && <path d="M4 3.5 20 20.5" />}
  </Icon>
);
export const ChatIcon = () => (
  <Icon>
    <path d="M4 5h16v11H10l-4.5 4v-4H4Z" />
  </Icon>
);
export const EndIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6 6 18" />
  </Icon>
);
export const EyeIcon = () => (
  <Icon>
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
    <circle cx="12" cy="12" r="3" />
  </Icon>
);
export const EyeOffIcon = () => (
  <Icon>
    <path d="M10 5.8a9 9 0 0 1 2-.3c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.6 3.4M6 7.3A16 16 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4.5-1.2M4 4l16 16" />
  </Icon>
);
export const CameraIcon = () => (
  <Icon>
    <path d="M3 7.5h4L8.5 5h7L17 7.5h4V19H3Z" />
    <circle cx="12" cy="13" r="3.5" />
  </Icon>
);
export const ScreenIcon = () => (
  <Icon>
    <rect x="3" y="4.5" width="18" height="12" rx="1.5" />
    <path d="M9 20.5h6M12 16.5v4" />
  </Icon>
);
export const ShieldIcon = () => (
  <Icon>
    <path d="M12 3 4.5 6v5.5c0 4.5 3 8 7.5 9.5 4.5-1.5 7.5-5 7.5-9.5V6Z" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="M5 12.5 10 17.5 19.5 7" />
  </Icon>
);
export const AlertIcon = () => (
  <Icon>
    <path d="M12 4 2.5 20h19ZM12 10.5v4M12 17.3v.2" />
  </Icon>
);
export const TurnIcon = ({ turn }: { turn: 'left' | 'right' | 'up' | 'down' }) => (
  <Icon>
    {turn === 'left' && <path d="M20 12H5M11 5.5 4.5 12l6.5 6.5" />}
    {turn === 'right' && <path d="M4 12h15M13 5.5 19.5 12 13 18.5" />}
    {turn === 'up' && <path d="M12 20V5M5.5 11 12 4.5l6.5 6.5" />}
    {turn === 'down' && <path d="M12 4v15M5.5 13l6.5 6.5 6.5-6.5" />}
  </Icon>
);

/** Three bars, as many filled as the connection is good; the word stands beside them. */
export const QualityIcon = ({ bars }: { bars: 0 | 1 | 2 | 3 }) => (
  <svg class="icon bars" viewBox="0 0 24 24" aria-hidden="true">
    {[0, 1, 2].map((bar) => (
      <rect
        key={bar}
        x={4 + bar * 6}
        y={15 - bar * 5}
        width="4"
        height={6 + bar * 5}
        rx="1"
        class={bar < bars ? 'full' : 'empty'}
      />
    ))}
  </svg>
);
