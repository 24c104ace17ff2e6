import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/base.css';
import { queryClient } from './api/api';
import { App } from './app/app';
import { noteModality } from './app/modality';
import { followSystemTheme } from './app/theme';
import { SpeechProvider } from './i18n';
import { HintProvider } from './ui/hint';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element with the id "root"');
followSystemTheme();
noteModality();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <SpeechProvider>
        <HintProvider>
          <App />
        </HintProvider>
      </SpeechProvider>
    </QueryClientProvider>
  </StrictMode>,
);
