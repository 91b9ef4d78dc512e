namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>The result of reading an interface or a call.</summary>
/// <typeparam name="TModel">The type of the model.</typeparam>
/// <param name="Model">The model; null if there is none.</param>
/// <param name="Failure">The failure of the generator that prevented the model; null if there was none.</param>
internal sealed record ReadModel<TModel>(TModel? Model, FailureModel? Failure)
    where TModel : class
{
    /// <summary>Reads one interface or call. An exception becomes its failure and does not affect others.</summary>
    /// <returns>The result; null if there is neither a model nor a failure.</returns>
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
