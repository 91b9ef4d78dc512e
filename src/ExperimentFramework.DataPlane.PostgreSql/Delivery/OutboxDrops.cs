using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Removes events that are dropped, and has each counted once. If the answer to the commit is lost, the server is asked before the next removal whether it took place: otherwise an event that is
/// gone would never be counted, or one that still exists would be counted with each attempt.
/// </summary>
/// <param name="session">The session.</param>
internal sealed class OutboxDrops(OutboxSession session)
{
    private readonly Lock _lock = new();
    private readonly Stack<Unanswered> _unanswered = [];

    /// <summary>Counts the drops whose commit was not answered, if it took place. Also called without a removal, because all events may be gone.</summary>
    public void Settle()
    {
        while (TryTake(out var unanswered))
        {
            bool? isCommitted = null;
            try
            {
                isCommitted = session.Use(stored => stored.IsCommitted(unanswered.Transaction));
            }
            finally
            {
                if (isCommitted is null)
                {
                    Keep(unanswered);
                }
            }

            if (isCommitted is null)
            {
                // The server has not noticed yet that the connection of the transaction is gone.
                return;
            }

            foreach (var drop in isCommitted == true ? unanswered.Drops : [])
            {
                unanswered.Lost(drop);
            }
        }
    }

    /// <summary>Removes events in a transaction, and has them counted when it is committed.</summary>
    /// <param name="remove">Removes events and describes their drops.</param>
    /// <param name="lost">Receives each drop.</param>
    /// <returns>The number of drops.</returns>
    public int Remove(Func<OutboxRows, IReadOnlyList<OutboxDrop>> remove, OutboxDropHandler lost)
    {
        Settle();
        long? transaction = null;
        IReadOnlyList<OutboxDrop> drops = [];
        try
        {
            session.Use(stored => stored.InTransaction(() =>
            {
                transaction = stored.Transaction();
                drops = remove(stored);
                return drops.Count;
            }));
        }
        catch (Exception) when (transaction is not null && drops.Count > 0)
        {
            Keep(new Unanswered(transaction.Value, drops, lost));
            throw;
        }

        foreach (var drop in drops)
        {
            lost(drop);
        }

        return drops.Count;
    }

    private bool TryTake([NotNullWhen(true)] out Unanswered? unanswered)
    {
        lock (_lock)
        {
            return _unanswered.TryPop(out unanswered);
        }
    }

    private void Keep(Unanswered unanswered)
    {
        lock (_lock)
        {
            _unanswered.Push(unanswered);
        }
    }

    private sealed record Unanswered(long Transaction, IReadOnlyList<OutboxDrop> Drops, OutboxDropHandler Lost);
}
