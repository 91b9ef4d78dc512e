namespace ExperimentFramework.DataPlane.Science;

/// <summary>Puts the parts of accounts together: an account of which a part is missing says nothing.</summary>
internal sealed class IncompleteAccounts
{
    /// <summary>The parts that are kept. If there are more, the accounts that were begun first are forgotten, and the next ones of their producers count.</summary>
    private const int MaxParts = 4_096;

    private readonly Dictionary<string, SortedList<long, AccountingEvent>> _incomplete = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private int _parts;

    /// <summary>Adds a part of an account.</summary>
    /// <returns>All parts, if there are all now; else none.</returns>
    public IEnumerable<AccountingEvent> Add(AccountingEvent part)
    {
        if (part.PartCount <= 1)
        {
            return [part];
        }

        if (part.PartCount > MaxParts || part.PartNumber < 1 || part.PartNumber > part.PartCount)
        {
            return [];
        }

        if (_incomplete.TryGetValue(part.ProducerId, out var parts) && parts.Values[0].SequenceNumber != part.SequenceNumber)
        {
            if (part.SequenceNumber < parts.Values[0].SequenceNumber)
            {
                return [];
            }

            Forget(part.ProducerId);
            parts = null;
        }

        while (_parts >= MaxParts)
        {
            parts = _order[0] == part.ProducerId ? null : parts;
            Forget(_order[0]);
        }

        if (parts is null)
        {
            _incomplete.Add(part.ProducerId, parts = []);
            _order.Add(part.ProducerId);
        }

        _parts += parts.TryAdd(part.PartNumber, part) ? 1 : 0;
        if (parts.Count < part.PartCount)
        {
            return [];
        }

        Forget(part.ProducerId);
        return parts.Values;
    }

    private void Forget(string producer)
    {
        _incomplete.Remove(producer, out var parts);
        _order.Remove(producer);
        _parts -= parts!.Count;
    }
}
