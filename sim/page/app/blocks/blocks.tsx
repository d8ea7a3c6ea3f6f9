import { ActionElement } from './action-element.tsx';
import { InputBlock } from './input-block.tsx';
import { isJson, type Json, listOf, wordsOf } from './json.ts';
import { Guard, Shown } from './shown.tsx';
import type { Surface } from './surface.ts';

/** The blocks of a message or a form, in order. */
export function Blocks(props: { readonly blocks: readonly Json[]; readonly surface: Surface }) {
  const { blocks, surface } = props;
  return (
    <div className="blocks">
      {blocks.map((block, place) => (
        // A changed card has new ids for the same blocks; by their place they keep the focus.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Guard key={`${place} ${String(block['type'])}`} type={String(block['type'])}>
          <OneBlock block={block} surface={surface} />
        </Guard>
      ))}
    </div>
  );
}

function OneBlock({ block, surface }: { readonly block: Json; readonly surface: Surface }) {
  const blockId = String(block['block_id']);
  const use = (element: Json) => (
    <ActionElement key={String(element['action_id'])} element={element} blockId={blockId} surface={surface} />
  );
  switch (block['type']) {
    case 'actions':
    case 'context_actions':
      return <div className="actions">{listOf(block['elements']).map(use)}</div>;
    case 'input':
      return <InputBlock block={block} surface={surface} />;
    case 'section': {
      const { accessory, ...text } = block;
      if (!isJson(accessory) || accessory['type'] === 'image') return <Shown block={block} />;
      return (
        <div className="section-with-accessory">
          <Shown block={text} />
          <div className="accessory">{use(accessory)}</div>
        </div>
      );
    }
    case 'card': {
      const { actions, ...rest } = block;
      return (
        <>
          <Shown block={rest} />
          <div className="actions">{listOf(actions).map(use)}</div>
        </>
      );
    }
    case 'carousel':
      return <Blocks blocks={listOf(block['elements'])} surface={surface} />;
    case 'container':
      return (
        <div className="container-block">
          <strong>{wordsOf(block['title'])}</strong>
          <Blocks blocks={listOf(block['child_blocks'])} surface={surface} />
        </div>
      );
    default:
      return <Shown block={block} />;
  }
}
