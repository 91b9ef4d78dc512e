using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The answer to a request for results that are not shown.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Reason">Why, and what to do, as sentences.</param>
internal sealed record Refusal(int Status, string Reason)
{
    /// <summary>The title of every refusal.</summary>
    public const string Title = "Results not shown";

    /// <summary>The ledger did not take the look.</summary>
    public static Refusal NotRecorded { get; } = new(
        StatusCodes.Status503ServiceUnavailable,
        "The plan counts looks, and this look could not be recorded, so the results are not shown. Try again later, or ask the operator of the application: its log contains the reason.");
}
