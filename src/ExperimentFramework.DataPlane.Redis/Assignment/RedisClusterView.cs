namespace ExperimentFramework.DataPlane.Redis;

/// <summary>A Redis cluster as one of its nodes describes it in <c>CLUSTER NODES</c>.</summary>
/// <param name="Self">The id of the node that responded.</param>
/// <param name="Owners">The primaries that own slots, by id.</param>
/// <param name="IsMovingSlots">Whether the node that responded is giving or receiving a slot, so that keys move between nodes.</param>
internal sealed record RedisClusterView(string Self, IReadOnlyDictionary<string, RedisClusterView.Owner> Owners, bool IsMovingSlots)
{
    private const int EndpointField = 1;
    private const int FlagsField = 2;
    private const int FirstSlotField = 8;

    /// <summary>Parses the response to <c>CLUSTER NODES</c>: a line for each node with its id, endpoint, flags, five other fields, and slots.</summary>
    /// <exception cref="IOException">The response is not one.</exception>
    public static RedisClusterView Parse(string nodes)
    {
        string? self = null;
        var owners = new Dictionary<string, Owner>(StringComparer.Ordinal);
        var isMovingSlots = false;
        foreach (var line in nodes.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var fields = line.Split(' ');
            if (fields.Length < FirstSlotField)
            {
                throw new IOException("Redis returned a list of cluster nodes that cannot be read, so it is not known which servers hold assignments.");
            }

            var flags = fields[FlagsField].Split(',');
            self = flags.Contains("myself") ? fields[0] : self;

            // A slot that is being moved is in brackets, after those that the node owns.
            var slots = fields[FirstSlotField..].Where(static slot => !slot.StartsWith('[')).ToArray();
            isMovingSlots |= slots.Length < fields.Length - FirstSlotField;
            if (slots.Length > 0 && flags.Contains("master"))
            {
                owners[fields[0]] = new Owner(fields[EndpointField].Split('@')[0], string.Join(' ', slots));
            }
        }

        return new RedisClusterView(self ?? "", owners, isMovingSlots);
    }

    /// <param name="Endpoint">The node's address and port.</param>
    /// <param name="Slots">The slots that it owns.</param>
    internal sealed record Owner(string Endpoint, string Slots);
}
