using ExperimentFramework.DataPlane.Parquet;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// The events of a row group in the order of their times, read once. Written by hand, because an iterator for each of its events would cost more than the event.
/// </summary>
/// <param name="path">The path of the file.</param>
/// <param name="rows">The row group, disposed with the events.</param>
internal sealed class RowGroupEvents(string path, RowGroupByTime rows) : IAsyncEnumerable<SourceEvent>, IAsyncEnumerator<SourceEvent>
{
    private CancellationToken _cancellation;
    private long _number;

    /// <summary>Called before the rows are read.</summary>
    public required Action OnOpen { get; init; }

    /// <summary>Called with each event.</summary>
    public required Action OnEvent { get; init; }

    /// <summary>Receives what cannot be read.</summary>
    public required Action<SourceFault> OnFault { get; init; }

    /// <summary>Called at the end.</summary>
    public required Action OnEnd { get; init; }

    /// <inheritdoc/>
    public SourceEvent Current { get; private set; }

    /// <inheritdoc/>
    public IAsyncEnumerator<SourceEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        _cancellation = cancellationToken;
        return this;
    }

    /// <inheritdoc/>
    public ValueTask<bool> MoveNextAsync() => _number > 0 ? new ValueTask<bool>(MoveNext()) : MoveToFirstAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        rows.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<bool> MoveToFirstAsync()
    {
        OnOpen();
        try
        {
            await rows.OpenAsync(_cancellation);
        }
        catch (Exception exception) when (IsFault(exception))
        {
            return Fail(exception);
        }

        return MoveNext();
    }

    private bool MoveNext()
    {
        DataPlaneEnvelope? envelope;
        try
        {
            envelope = rows.Next();
        }
        catch (Exception exception) when (IsFault(exception))
        {
            return Fail(exception);
        }

        if (envelope is null)
        {
            OnEnd();
            return false;
        }

        Current = new SourceEvent(envelope, path, ++_number, default);
        OnEvent();
        return true;
    }

    private bool Fail(Exception exception)
    {
        OnFault(new SourceFault(path, null, null, exception.Message));
        OnEnd();
        return false;
    }

    private static bool IsFault(Exception exception) => exception is InvalidDataException or IOException or UnauthorizedAccessException;
}
