import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import 'slack-blocks-to-jsx/dist/style.css';
import './style/base.css';
import './style/layout.css';
import './style/messages.css';
import './style/composer.css';
import './style/forms.css';
import './style/side.css';

const root = document.getElementById('page');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
