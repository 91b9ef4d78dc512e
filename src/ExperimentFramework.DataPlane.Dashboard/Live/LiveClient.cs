namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>A page that is open.</summary>
/// <param name="View">What it shows.</param>
/// <param name="Place">Its place among all clients, from 0.</param>
/// <param name="SendDelay">How long it waits before it sends an update.</param>
internal sealed record LiveClient(LiveView View, int Place, TimeSpan SendDelay);
