using System.Runtime.ExceptionServices;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>The visitor of one request.</summary>
internal sealed class VisitorVisit(VisitorTicket? fromRequest, bool isRejected)
{
    private VisitorTicket? _assigned;
    private ExceptionDispatchInfo? _fault;
    private int _isReplaced;

    /// <summary>The ticket in the browser's cookie; null if there is no valid one.</summary>
    public VisitorTicket? FromRequest { get; } = fromRequest;

    /// <summary>Whether the browser sent a cookie of ours that is not valid.</summary>
    public bool IsRejected { get; } = isRejected;

    /// <summary>The visitor's ticket, from the browser's cookie or assigned in this request.</summary>
    public VisitorTicket? Ticket => FromRequest ?? Volatile.Read(ref _assigned);

    /// <summary>Assigns an id to the visitor unless another thread of the request has.</summary>
    /// <returns>True for the thread that must append the cookie.</returns>
    public bool TryAssign(VisitorTicket ticket) => Interlocked.CompareExchange(ref _assigned, ticket, null) is null;

    /// <summary>Records that the cookie could not be issued: the visitor then has no id in the whole request.</summary>
    public void Fail(Exception exception)
    {
        Volatile.Write(ref _fault, ExceptionDispatchInfo.Capture(exception));
        Unassign();
    }

    /// <summary>Throws the exception of an earlier attempt in this request to issue the cookie.</summary>
    public void ThrowIfFailed() => Volatile.Read(ref _fault)?.Throw();

    /// <summary>Claims the replacement or deletion of the browser's cookie.</summary>
    /// <returns>True for the first thread of the request.</returns>
    public bool TryReplace() => Interlocked.Exchange(ref _isReplaced, 1) == 0;

    /// <summary>Removes the assigned id, because the browser will not receive it.</summary>
    public void Unassign() => Volatile.Write(ref _assigned, null);
}
