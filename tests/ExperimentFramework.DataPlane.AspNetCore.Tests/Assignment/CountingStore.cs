namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

/// <summary>A store in memory that counts how it was asked.</summary>
internal sealed class CountingStore : IAssignmentStore
{
    private readonly InMemoryAssignmentStore _inner = new();

    public int Awaited { get; private set; }

    public int Blocking { get; private set; }

    public bool IsShared => false;

    public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout)
    {
        Blocking++;
        return _inner.Find(key, timeout);
    }

    public async ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken)
    {
        Awaited++;
        await Task.Yield();
        return await _inner.FindAsync(key, cancellationToken);
    }

    public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, TimeSpan timeout)
    {
        Blocking++;
        return _inner.Assign(key, candidate, replaced, timeout);
    }

    public async ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, CancellationToken cancellationToken)
    {
        Awaited++;
        await Task.Yield();
        return await _inner.AssignAsync(key, candidate, replaced, cancellationToken);
    }
}
