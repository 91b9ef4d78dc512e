namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>A store in memory that fails or hangs when the test says so.</summary>
internal sealed class FaultyStore(bool isShared = false) : IAssignmentStore
{
    private readonly InMemoryAssignmentStore _inner = new();
    private int _questions;

    public bool IsDown { get; set; }

    public TaskCompletionSource? Hang { get; set; }

    public int Questions => _questions;

    public bool IsShared => isShared;

    public long Generation { get; set; }

    public IReadOnlyDictionary<string, object> Diagnostics => _inner.Diagnostics;

    public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout)
    {
        Enter();
        return _inner.Find(key, timeout);
    }

    public async ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken)
    {
        await EnterAsync();
        return await _inner.FindAsync(key, cancellationToken);
    }

    public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, TimeSpan timeout)
    {
        Enter();
        return _inner.Assign(key, candidate, replaced, timeout);
    }

    public async ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, CancellationToken cancellationToken)
    {
        await EnterAsync();
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

    private void Enter()
    {
        Interlocked.Increment(ref _questions);
        if (IsDown)
        {
            throw new IOException("the store is down");
        }
    }

    private async Task EnterAsync()
    {
        Enter();
        if (Hang is not null)
        {
            await Hang.Task;
        }
    }
}
