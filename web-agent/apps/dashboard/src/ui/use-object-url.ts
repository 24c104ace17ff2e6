import { useEffect, useState } from 'react';

/** An address for bytes of the page's own, taken back when the component goes. */
export function useObjectUrl(content: Blob | string | undefined, type: string): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (content === undefined) return;
    const blob = typeof content === 'string' ? new Blob([content], { type }) : content;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl(null);
    };
  }, [content, type]);
  return url;
}
