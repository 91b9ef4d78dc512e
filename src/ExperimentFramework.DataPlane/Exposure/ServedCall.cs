using System.ComponentModel;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// One call of a member whose proxy carries code that runs after the call: control answers where the assigned variant
/// throws. For generated code.
/// </summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ServedCall<TService>
    where TService : class
{
    private readonly VariantInstances<TService> _variants;
    private readonly Experiment _experiment;
    private readonly ServedSubjects _served;
    private readonly Decision _assigned;
    private readonly Subject _subject;
    private readonly DateTimeOffset _decidedAt;
    private Dictionary<string, object?>? _attributes;
    private int _index;
    private int _isRecorded;

    internal ServedCall(
        VariantInstances<TService> variants, Experiment experiment, ServedSubjects served, Decision assigned, in Subject subject)
    {
        _variants = variants;
        _experiment = experiment;
        _served = served;
        _assigned = assigned;
        _subject = subject;
        _decidedAt = experiment.Recorder.Now;
        _index = assigned.VariantIndex;
        MayFallBack = experiment.FallsBackToControl && _index != 0;
    }

    /// <summary>Whether control would answer an exception. False once it does.</summary>
    public bool MayFallBack { get; private set; }

    /// <summary>Adds an attribute.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">The attribute's value.</param>
    /// <returns>This call.</returns>
    public ServedCall<TService> With<T>(string name, T value)
    {
        if (_experiment.Recorder.IsEnabled)
        {
            _attributes = ExposureAttributes.Add(_attributes, name, value);
        }

        return this;
    }

    /// <summary>
    /// The variant to call now. Where no other can answer any more its exposure is recorded first, so that a call that
    /// never returns is not lost.
    /// </summary>
    /// <returns>The variant.</returns>
    public TService Serve()
    {
        var variant = _variants[_index];
        if (!MayFallBack)
        {
            Record();
        }

        return variant;
    }

    /// <summary>Says that the variant answered.</summary>
    public void Completed()
    {
        MayFallBack = false;
        Record();
    }

    /// <summary>Says that the variant threw. Used as an exception filter, so that an exception that goes on is untouched.</summary>
    /// <param name="exception">What it threw.</param>
    /// <param name="cancellationToken">The caller's token: its cancellation is not a failure.</param>
    /// <returns>True where <see cref="Serve"/> gives control and the call is to be made again.</returns>
    public bool FallsBack(Exception exception, CancellationToken cancellationToken = default)
    {
        if (!MayFallBack)
        {
            return false;
        }

        MayFallBack = false;
        if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            Record();
            return false;
        }

        _index = 0;
        return true;
    }

    /// <summary>Opens a stream that control answers where the variant fails before the first element.</summary>
    /// <typeparam name="TItem">The element's type.</typeparam>
    /// <param name="open">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The variant's own stream where no fallback is possible.</returns>
    public IAsyncEnumerable<TItem> Stream<TItem>(Func<TService, IAsyncEnumerable<TItem>> open, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        while (true)
        {
            try
            {
                var stream = open(Serve());
                return MayFallBack ? new FallbackStream<TService, TItem>(this, stream, open, cancellationToken) : stream;
            }
            catch (Exception exception) when (FallsBack(exception, cancellationToken))
            {
            }
        }
    }

    private void Record()
    {
        if (Interlocked.Exchange(ref _isRecorded, 1) == 0)
        {
            ExposureTelling.Begin(_experiment.Recorder, _served, _assigned, _index, _subject, _decidedAt)?.Tell(_attributes);
        }
    }
}

/// <summary>A stream that falls back to control until its first element, or its end, has come.</summary>
internal sealed class FallbackStream<TService, TItem>(
    ServedCall<TService> call,
    IAsyncEnumerable<TItem> first,
    Func<TService, IAsyncEnumerable<TItem>> open,
    CancellationToken callToken) : IAsyncEnumerable<TItem>
    where TService : class
{
    private IAsyncEnumerable<TItem> _stream = first;

    public async IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var (items, hasItem) = await StartAsync(cancellationToken).ConfigureAwait(false);
        await using (items.ConfigureAwait(false))
        {
            while (hasItem)
            {
                yield return items.Current;
                hasItem = await items.MoveNextAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<(IAsyncEnumerator<TItem> Items, bool HasItem)> StartAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            IAsyncEnumerator<TItem>? items = null;
            try
            {
                items = _stream.GetAsyncEnumerator(cancellationToken);
                var hasItem = await items.MoveNextAsync().ConfigureAwait(false);
                call.Completed();
                return (items, hasItem);
            }
            catch (Exception exception)
            {
                if (items is not null)
                {
                    await items.DisposeAsync().ConfigureAwait(false);
                }

                if (!call.FallsBack(exception, cancellationToken.IsCancellationRequested ? cancellationToken : callToken))
                {
                    throw;
                }
            }

            _stream = open(call.Serve());
        }
    }
}
