namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>What came of reading an interface or a call.</summary>
/// <typeparam name="TModel">The model of it.</typeparam>
/// <param name="Model">The model; null where there is none to write.</param>
/// <param name="Failure">Why there is none, where that is the generator's fault.</param>
internal sealed record ReadModel<TModel>(TModel? Model, FailureModel? Failure)
    where TModel : class
{
    /// <summary>Reads one thing; an exception is that thing's own and reaches nothing else.</summary>
    /// <returns>Null where there is neither a model nor a failure.</returns>
    public static ReadModel<TModel>? Of(Func<TModel?> read, Func<string> subject, CancellationToken cancellationToken)
    {
        try
        {
            return read() is { } model ? new ReadModel<TModel>(model, null) : null;
        }
        catch (Exception error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new ReadModel<TModel>(null, FailureModel.Of(subject(), error));
        }
    }
}
