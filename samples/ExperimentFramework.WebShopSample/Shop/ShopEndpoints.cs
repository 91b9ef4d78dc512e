using System.Globalization;
using ExperimentFramework.DataPlane;

namespace ExperimentFramework.WebShopSample;

/// <summary>The pages of the shop: list, product, basket and checkout.</summary>
internal static class ShopEndpoints
{
    public const string CheckoutExperiment = "checkout-flow";
    public const string OnePage = "one-page";
    public const string Purchase = "purchase";

    public static void MapShop(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", (IPriceDisplay prices) => Page.Of("Tea and things", Page.List(prices))).WithSubjectAssignments();
        app.MapGet("/product/{id:int}", (int id, IPriceDisplay prices) =>
            Product.Find(id) is { } product ? Page.Of(product.Name, Page.Product(product, prices)) : Results.NotFound()).WithSubjectAssignments();
        app.MapPost("/basket/{id:int}", (int id, HttpContext context) =>
        {
            if (Product.Find(id) is not { } product)
            {
                return Results.NotFound();
            }

            return Results.Redirect(Basket.TryAdd(context, product) ? "/basket" : "/basket?full=true");
        });
        app.MapGet("/basket", (HttpRequest request, IPriceDisplay prices, bool? full) => Page.Of("Basket", Page.Basket(Basket.Read(request), prices, isFull: full == true))).WithSubjectAssignments();
        app.MapGet("/checkout", CheckOutAsync).WithSubjectAssignments();
        app.MapPost("/checkout", PayAsync).WithSubjectAssignments();
    }

    /// <summary>Shows the checkout that the visitor is assigned. The exposure is recorded where the page is shown, so a page that fails before that is not an exposure.</summary>
    private static async Task<IResult> CheckOutAsync(HttpRequest request, IExperiments experiments, ISubjectIdentityProvider subjects, SimulationSettings simulation, CancellationToken cancellationToken)
    {
        var decision = await experiments.DecideAsync(CheckoutExperiment, cancellationToken: cancellationToken);
        if (simulation.Loses(decision, subjects.TryGetSubjectId(out var subject) ? subject : null))
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        await experiments.ExposeAsync(CheckoutExperiment, cancellationToken: cancellationToken);
        return Page.Of("Checkout", Page.Checkout(Basket.Read(request), isOnePage: decision.VariantKey == OnePage));
    }

    private static async Task<IResult> PayAsync(HttpContext context, IMetricRecorder metrics, CancellationToken cancellationToken)
    {
        var products = Basket.Read(context.Request);
        if (products.Count == 0)
        {
            return Results.Redirect("/basket");
        }

        var order = Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture);
        await metrics.RecordAsync(Purchase, (double)products.Sum(static product => product.Price), new MetricDetails { Unit = "EUR", IdempotencyKey = order }, cancellationToken);
        Basket.Clear(context);
        return Page.Of("Thank you", Page.Thanks(order));
    }
}
