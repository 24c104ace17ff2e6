import { canShareScreen } from '../model/media';
import type { Screen, Shareable } from '../model/visit';
import { useText } from '../ui/hooks';
import { CameraIcon, CheckIcon, EyeOffIcon, ScreenIcon } from '../ui/icons';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem';

interface ArriveScreenProps {
  readonly screen: Screen & { name: 'arrive' };
  readonly onAccept: (kind: Shareable, stills: boolean) => void;
  readonly onCode: () => void;
}

/** Who asks, and for what. The tap on the button is the consent. */
export function ArriveScreen({ screen, onAccept, onCode }: ArriveScreenProps) {
  const text = useText();
  const { preview, problem, busy } = screen;
  const agent = preview.agent_name;
  const first: Shareable = preview.surface === 'screen' && canShareScreen() ? 'screen' : 'camera';
  const other: Shareable | null =
    first === 'screen' ? 'camera' : canShareScreen() ? 'screen' : null;
  const accept = (kind: Shareable, stills: boolean) => {
    if (!busy) onAccept(kind, stills);
  };
  return (
    <>
      <p class="from">
        <span class="monogram" aria-hidden="true">
          {[...agent.trim()][0]?.toUpperCase() ?? '·'}
        </span>
        <span>
          <strong>{agent}</strong>
          <br />
          {text('arrive_from', { company: preview.company_name })}
        </span>
      </p>
      <h1>{text(first === 'screen' ? 'arrive_title_screen' : 'arrive_title', { agent })}</h1>
      <h2>{text('arrive_will', { agent })}</h2>
      <ul class="facts yes">
        <Fact yes text={text(first === 'screen' ? 'arrive_will_screen' : 'arrive_will_camera')} />
        <Fact yes text={text('arrive_will_still', { agent })} />
        {preview.film_days != null && (
          <Fact yes text={text('arrive_will_film', { days: preview.film_days })} />
        )}
        <Fact yes text={text('arrive_will_draw')} />
      </ul>
      <h2>{text('arrive_wont', { agent })}</h2>
      <ul class="facts no">
        <Fact text={text('arrive_wont_photos')} />
        <Fact text={text('arrive_wont_sound')} />
        <Fact text={text('arrive_wont_after')} />
      </ul>
      <Notice text={problem && problemText(text, problem)} />
      <div class="actions">
        <button
          type="button"
          class="primary"
          aria-disabled={busy}
          aria-describedby="nothing-yet"
          onClick={() => accept(first, true)}
        >
          {first === 'screen' ? <ScreenIcon /> : <CameraIcon />}
          {busy ? text('loading') : text(first === 'screen' ? 'arrive_screen' : 'arrive_camera')}
        </button>
        <p id="nothing-yet" class="quiet">
          {text('arrive_nothing_yet')}
        </p>
        {other !== null && (
          <button type="button" class="secondary" onClick={() => accept(other, true)}>
            {text(other === 'screen' ? 'arrive_screen_instead' : 'arrive_camera_instead')}
          </button>
        )}
        <button type="button" class="link" onClick={() => accept(first, false)}>
          {text('arrive_no_stills')}
        </button>
        <button type="button" class="link" onClick={onCode}>
          {text('arrive_have_code')}
        </button>
      </div>
    </>
  );
}

function Fact({ text, yes = false }: { text: string; yes?: boolean }) {
  return (
    <li>
      {yes ? <CheckIcon /> : <EyeOffIcon />}
      <span>{text}</span>
    </li>
  );
}
