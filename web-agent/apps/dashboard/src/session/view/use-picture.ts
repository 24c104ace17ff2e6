import type { Snapshot } from '@sightline/protocol';
import { useQuery } from '@tanstack/react-query';
import { api, keys } from '../../api/api';
import { useObjectUrl } from '../../ui/use-object-url';
import { useDesk } from '../context';

/**
 * The picture of a snapshot as an address for `<img>`. A technician asks with the participant's
 * token, which ends with the session; an agent is signed in and sees it afterwards too.
 */
export function usePicture(snapshot: Snapshot): { url: string | null; failed: boolean } {
  const { role, token } = useDesk().place;
  const picture = useQuery({
    queryKey: keys.picture(snapshot.path),
    queryFn: () => api.snapshotPicture(snapshot, role === 'agent' ? undefined : token),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return { url: useObjectUrl(picture.data, 'image/png'), failed: picture.isError };
}
