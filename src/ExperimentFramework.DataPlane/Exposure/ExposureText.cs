using System.ComponentModel;
using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>The canonical text of subject and tenant ids that are not text. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ExposureText
{
    /// <summary>The invariant text of a value; null for null.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>For example <c>42</c>, or a UUID as 32 lower-case digits in five groups.</returns>
    public static string? Of<T>(T value)
        where T : IFormattable? =>
        value?.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>The invariant text of a value; null for null.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>For example <c>42</c>, or a UUID as 32 lower-case digits in five groups.</returns>
    public static string? Of<T>(T? value)
        where T : struct, IFormattable =>
        value?.ToString(null, CultureInfo.InvariantCulture);
}
