namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>A store in memory that fails or hangs when the test says so.</summary>
internal sealed class FaultyStore(bool isShared = false) : IAssignmentStore
{
    private readonly InMemoryAssignmentStore _inner = new();
    private int _questions;

    public bool IsDown { get; set; }

    public TaskCompletionSource? Hang { get; set; }

    /// <summary>What it throws of a subject; null for nothing.</summary>
    public Func<string, Exception?>? Fault { get; set; }

    public string? DegradedReason { get; set; }

    public int Questions => _questions;

    public bool IsShared => isShared;

    public long Generation { get; set; }

    public IReadOnlyDictionary<string, object> Diagnostics => _inner.Diagnostics;

    public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout)
    {
        Enter(key);
        return _inner.Find(key, timeout);
    }

    public async ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken)
    {
        await EnterAsync(key);
        return await _inner.FindAsync(key, cancellationToken);
    }

    public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, TimeSpan timeout)
    {
        Enter(key);
        return _inner.Assign(key, candidate, replaced, timeout);
    }

    public async ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, CancellationToken cancellationToken)
    {
        await EnterAsync(key);
        return await _inner.AssignAsync(key, candidate, replaced, cancellationToken);
    }

    /// <summary>What stands in the store, past its faults.</summary>
    public string? Standing(string subject) => _inner.Find(new AssignmentKey("greeting", subject, "user"), default)?.VariantKey;

    /// <summary>What stands in the store of a subject without a type.</summary>
    public string? Standing(string subject, string experiment) => _inner.Find(new AssignmentKey(experiment, subject), default)?.VariantKey;

    /// <summary>Writes past the experiment, as another host would.</summary>
    public void Put(string subject, string variant)
    {
        var key = new AssignmentKey("greeting", subject, "user");
        _inner.Assign(key, new StoredAssignment(variant, "elsewhere"), _inner.Find(key, default), default);
    }

    public ValueTask<long> ForgetAsync(string subjectId, string? subjectType, string? tenantId, CancellationToken cancellationToken) =>
        _inner.ForgetAsync(subjectId, subjectType, tenantId, cancellationToken);

    private void Enter(in AssignmentKey key)
    {
        Interlocked.Increment(ref _questions);
        if (IsDown)
        {
            throw new IOException("the store is down");
        }

        if (Fault?.Invoke(key.SubjectId) is { } fault)
        {
            throw fault;
        }
    }

    private async Task EnterAsync(AssignmentKey key)
    {
        Enter(key);
        if (Hang is not null)
        {
            await Hang.Task;
        }
    }
}
