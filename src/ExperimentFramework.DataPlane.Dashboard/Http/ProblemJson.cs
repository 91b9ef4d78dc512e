using System.Globalization;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>An error response for programs.</summary>
internal static class ProblemJson
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Writes an answer.</summary>
    /// <param name="status">The status code.</param>
    /// <param name="title">What is wrong, in a few words.</param>
    /// <param name="detail">Why, and what to do.</param>
    public static string Of(int status, string title, string detail) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"title":"{{JsonEncodedText.Encode(title)}}","status":{{status}},"detail":"{{JsonEncodedText.Encode(detail)}}"}""");
}
