namespace ExperimentFramework.DataPlane.Science;

/// <summary>Puts the parts of accounts together: an account of which a part is missing says nothing.</summary>
internal sealed class IncompleteAccounts
{
    /// <summary>Accounts that are incomplete; of more producers at the same time the oldest are forgotten, and their next account counts.</summary>
    private const int MaxProducers = 256;

    private readonly Dictionary<string, SortedList<long, AccountingEvent>> _incomplete = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Adds a part of an account.</summary>
    /// <returns>All parts, if there are all now; else none.</returns>
    public IEnumerable<AccountingEvent> Add(AccountingEvent part)
    {
        if (part.PartCount <= 1)
        {
            _incomplete.Remove(part.ProducerId);
            return [part];
        }

        if (!_incomplete.TryGetValue(part.ProducerId, out var parts))
        {
            while (_incomplete.Count >= MaxProducers && _order.TryDequeue(out var oldest))
            {
                _incomplete.Remove(oldest);
            }

            _incomplete.Add(part.ProducerId, parts = []);
            _order.Enqueue(part.ProducerId);
        }

        if (parts.Count > 0 && parts.Values[0].SequenceNumber != part.SequenceNumber)
        {
            parts.Clear();
        }

        parts[part.PartNumber] = part;
        if (parts.Count < part.PartCount)
        {
            return [];
        }

        _incomplete.Remove(part.ProducerId);
        return parts.Values;
    }
}
