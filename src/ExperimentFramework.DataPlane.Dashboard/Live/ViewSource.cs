namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>What a client looks at. Clients with equal keys share one view.</summary>
/// <param name="Key">Names the view.</param>
/// <param name="Render">Renders it.</param>
internal sealed record ViewSource(string Key, Func<Moment, CancellationToken, ValueTask<RenderedView>> Render);
