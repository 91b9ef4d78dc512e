namespace ExperimentFramework.DataPlane;

/// <summary>The accounts of one destination, numbered from 1 as its queue accepts them.</summary>
/// <param name="destination">The destination.</param>
/// <param name="accounts">Creates accounts.</param>
internal sealed class AccountStream(Destination destination, AccountFactory accounts)
{
    private const int Idle = 0;
    private const int Publishing = 1;
    private const int Ended = 2;

    private long _accepted;

    /// <summary>Held without a lock, because creating an account runs application code. Nothing is published during or after the last account.</summary>
    private int _state;

    public Destination Destination => destination;

    /// <summary>Publishes an account.</summary>
    /// <returns>The events that are its parts; none if the destination has no room for it.</returns>
    public IReadOnlyList<DataPlaneEnvelope> Publish()
    {
        if (Interlocked.CompareExchange(ref _state, Publishing, Idle) != Idle)
        {
            return [];
        }

        try
        {
            var parts = accounts.Create(destination, _accepted + 1, isLast: false);
            if (parts.Count == 0 || !destination.TryPublishWhole(parts))
            {
                return [];
            }

            _accepted++;
            return parts;
        }
        finally
        {
            Volatile.Write(ref _state, Idle);
        }
    }

    /// <summary>Creates the last account, as the events that are its parts; none if it exists already or cannot be created.</summary>
    public IReadOnlyList<DataPlaneEnvelope> CreateLast()
    {
        SpinWait.SpinUntil(() => Volatile.Read(ref _state) != Publishing, ShutdownBudget.ApplicationCode);
        return Interlocked.CompareExchange(ref _state, Ended, Idle) == Idle ? accounts.Create(destination, _accepted + 1, isLast: true) : [];
    }
}
