import { Dialog } from '../dialog.tsx';
import { type Json, wordsOf } from './json.ts';

/** Block Kit's question before something counts. */
export function Confirm(props: { readonly confirm: Json; readonly onAnswer: (yes: boolean) => void }) {
  const { confirm, onAnswer } = props;
  const danger = confirm['style'] === 'danger';
  return (
    <Dialog title={wordsOf(confirm['title'])} small onClose={() => onAnswer(false)}>
      <div className="dialog-body confirm-text">{wordsOf(confirm['text'])}</div>
      <footer className="dialog-foot">
        <button type="button" className="button" onClick={() => onAnswer(false)}>
          {wordsOf(confirm['deny'])}
        </button>
        <button
          type="button"
          className={danger ? 'button button-danger' : 'button button-primary'}
          onClick={() => onAnswer(true)}
        >
          {wordsOf(confirm['confirm'])}
        </button>
      </footer>
    </Dialog>
  );
}
