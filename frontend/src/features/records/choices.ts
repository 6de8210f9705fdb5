// The choices of a property as a picker shows them.

import { hue, initials } from '../../model/avatar';
import type { Look } from '../../model/look';
import type { Owner, Pipeline, Property, Schema } from '../../model/wire';
import { m } from '../../paraglide/messages.js';
import type { PickerOption } from '../../ui/Picker.svelte';

/** How a property is edited. */
export type Editor = 'text' | 'area' | 'figure' | 'day' | 'choice' | 'many';

export function editorOf(p: Property): Editor {
  if (p.owner) return 'choice';
  switch (p.type) {
    case 'number':
      return 'figure';
    case 'date':
    case 'datetime':
      return 'day';
    case 'bool':
      return 'choice';
    case 'enumeration':
      return p.field === 'checkbox' ? 'many' : 'choice';
    default:
      return p.field === 'textarea' ? 'area' : 'text';
  }
}

export interface Sources {
  readonly owners: readonly Owner[];
  /** Of the record's type; for stages and pipelines. */
  readonly schema: Schema | undefined;
  /** Only the stages of this pipeline; '' for those of all. */
  readonly within: string;
  readonly look: Look;
}

const noStages = { stage: '', pipeline: '', pipelines: [] };
const cleared: PickerOption = { value: '', label: '' };

/** The options, with "none" first where the property may be empty. */
export function optionsOf(p: Property, from: Sources): PickerOption[] {
  if (p.owner) {
    const people = from.owners
      .filter((one) => !one.archived)
      .map((one) => ({
        value: one.id,
        label: one.name,
        ...(one.team === '' ? {} : { note: one.team }),
        face: { text: initials(one.name), hue: hue(one.id) },
      }));
    return [{ ...cleared, label: m.records_no_owner() }, ...people];
  }
  const { stage, pipeline, pipelines } = from.schema ?? noStages;
  if (stage !== '' && p.name === stage) {
    const inside = pipelines.filter((one) => one.id === from.within);
    return stages(p, inside.length > 0 ? inside : pipelines);
  }
  if (pipeline !== '' && p.name === pipeline)
    return p.options.map(({ value, label }) => ({ value, label }));
  if (p.type === 'bool') {
    return [
      { value: 'true', label: m.records_pick_yes() },
      { value: 'false', label: m.records_pick_no() },
    ];
  }
  const own = p.options.map((one) => ({ value: one.value, label: one.label }));
  return editorOf(p) === 'many' ? own : [{ ...cleared, label: m.records_none() }, ...own];
}

// A deal or a ticket has a stage, always; with several pipelines each says whose it is.
function stages(p: Property, pipelines: readonly Pipeline[]): PickerOption[] {
  if (pipelines.length === 0) return p.options.map(({ value, label }) => ({ value, label }));
  return pipelines.flatMap((pipeline) =>
    pipeline.stages.map((stage) => ({
      value: stage.id,
      label: stage.label,
      ...(pipelines.length > 1 ? { note: pipeline.label } : {}),
    })),
  );
}

/** A value of several options with one of them turned. */
export function turned(value: string, option: string): string {
  const values = value.split(';').filter((one) => one !== '');
  const next = values.includes(option)
    ? values.filter((one) => one !== option)
    : [...values, option];
  return next.join(';');
}
