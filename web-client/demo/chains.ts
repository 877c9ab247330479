/**
 * A pipeline's graph as lines of text can show it: every connection in exactly one chain, the first chain the way from the first
 * source, each further one a branch that begins at a node already named.
 */
export interface Graph {
  nodes: readonly { id: string }[];
  connections: readonly { from: string; to: string }[];
}

export function chainsOf({ nodes, connections }: Graph): string[][] {
  const unused = [...connections];
  const follow = (from: string): string[] => {
    const index = unused.findIndex((connection) => connection.from === from);
    if (index < 0) return [from];
    const [connection] = unused.splice(index, 1);
    return [from, ...follow(connection!.to)];
  };
  const chains: string[][] = [];
  const sources = nodes.filter(({ id }) => !connections.some(({ to }) => to === id));
  for (const { id } of sources) chains.push(follow(id));
  for (let next = unused[0]; next; next = unused[0]) chains.push(follow(next.from));
  return chains;
}
