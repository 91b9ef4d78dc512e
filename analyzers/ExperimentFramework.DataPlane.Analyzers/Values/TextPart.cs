using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A value that a text contains, and how it is formatted.</summary>
internal sealed class TextPart
{
    /// <summary>Initializes a part.</summary>
    /// <param name="value">The value.</param>
    /// <param name="format">The format; null if the value is formatted with its default.</param>
    public TextPart(IOperation value, IOperation? format = null)
        : this(value, format?.ConstantValue.Value as string) => IsFormatKnown = format?.ConstantValue.HasValue != false;

    /// <summary>Initializes a part whose format is known.</summary>
    /// <param name="value">The value.</param>
    /// <param name="format">The format; null if the value is formatted with its default.</param>
    public TextPart(IOperation value, string? format)
    {
        Value = value is IConversionOperation conversion ? conversion.Operand : value;
        Format = format;
        IsFormatKnown = true;
    }

    /// <summary>Gets the value, before its conversion to <c>object</c>.</summary>
    public IOperation Value { get; }

    /// <summary>Gets whether the format is a constant.</summary>
    public bool IsFormatKnown { get; }

    /// <summary>Gets the format; null if there is none, or if it is not known.</summary>
    public string? Format { get; }
}
