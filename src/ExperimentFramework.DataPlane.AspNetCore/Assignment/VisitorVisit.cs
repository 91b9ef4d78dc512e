namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>What one request knows about its visitor.</summary>
internal sealed class VisitorVisit(VisitorTicket? brought)
{
    private VisitorTicket? _given;
    private int _isReplaced;

    /// <summary>What the browser's cookie said; null if there was none that counts.</summary>
    public VisitorTicket? Brought { get; } = brought;

    /// <summary>The visitor, as the browser's cookie or the response names it.</summary>
    public VisitorTicket? Ticket => Brought ?? Volatile.Read(ref _given);

    /// <summary>Gives the visitor an id unless another thread of the request has.</summary>
    /// <returns>True for the one that is to send the cookie.</returns>
    public bool TryGive(VisitorTicket ticket) => Interlocked.CompareExchange(ref _given, ticket, null) is null;

    /// <summary>Claims the replacement of the browser's cookie.</summary>
    /// <returns>True for the first of the request's threads.</returns>
    public bool TryReplace() => Interlocked.Exchange(ref _isReplaced, 1) == 0;

    /// <summary>Takes the id back, because the browser will not learn it.</summary>
    public void TakeBack() => Volatile.Write(ref _given, null);
}
