using System.Globalization;
using ExperimentFramework.DataPlane;

namespace ExperimentFramework.WebShopSample;

/// <summary>The experiment <c>price-display</c>: how a price is shown. The subject is the visitor of the request.</summary>
[ExposureLogged("price-display", Semantics = ExposureSemantics.OnFirstUse, RecordOutcomes = true)]
public interface IPriceDisplay
{
    string Show(decimal price);
}

/// <summary>The control: the exact price.</summary>
public sealed class ExactPrice : IPriceDisplay
{
    public string Show(decimal price) => string.Create(CultureInfo.InvariantCulture, $"{price:F2} €");
}

/// <summary>The variant: the price and what shipping costs.</summary>
public sealed class PriceWithShipping : IPriceDisplay
{
    public string Show(decimal price) => string.Create(CultureInfo.InvariantCulture, $"{price:F2} €, free shipping");
}
