namespace ExperimentFramework.DataPlane.Science;

/// <summary>Assembles accounts from their parts. An account with a missing part is ignored.</summary>
internal sealed class IncompleteAccounts
{
    /// <summary>The maximum number of parts to keep. Beyond it, the oldest incomplete accounts are forgotten; the next accounts of their producers replace them.</summary>
    private const int MaxParts = 4_096;

    private readonly Dictionary<string, SortedList<long, AccountingEvent>> _incomplete = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private int _parts;

    /// <summary>Adds a part of an account.</summary>
    /// <returns>All parts, if the account is now complete; otherwise none.</returns>
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
