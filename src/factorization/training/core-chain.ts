import type { Parameter } from "../../optim/optimizer.js";
import { type Block, product } from "../../wasm/index.js";

/**
 * The products B_l = W_l B_(l-1) of a chain of factors, or B_l = B_(l-1) W_l, l = 1 .. depth, with
 * their adjoints. A chain allocates nothing: whoever makes it says where everything is.
 */
export class CoreChain {
  /**
   * @param factors - W_1 .. W_depth.
   * @param products - B_0, which is given, to B_depth.
   * @param adjoints - the gradients at B_0 .. B_depth, of which the last is given. That at B_l, of
   * the size of B_(l+1), may take its place.
   * @param side - on which the factors multiply.
   */
  constructor(
    readonly factors: readonly Parameter[],
    readonly products: readonly Block[],
    readonly adjoints: readonly Block[],
    readonly side: "left" | "right",
  ) {}

  /** B_depth: that of the last `forward`. */
  get product(): Block {
    return this.products[this.factors.length];
  }

  /** Where the gradient at the product must be when `backward` is called. */
  get adjoint(): Block {
    return this.adjoints[this.factors.length];
  }

  /** B_1 .. B_depth. */
  forward(): void {
    for (let l = 0; l < this.factors.length; l++) {
      const W = this.factors[l];
      const B = this.products[l];
      const to = this.products[l + 1];
      if (this.side === "left") product(W, B, { to });
      else product(B, W, { to });
    }
  }

  /** The gradients of the factors, but for frozen ones, and that at B_0. */
  backward(): void {
    for (let l = this.factors.length - 1; l >= 0; l--) {
      const W = this.factors[l];
      const B = this.products[l];
      const to = this.adjoints[l];
      const G = this.adjoints[l + 1];
      const trained = W.rateScale !== 0;
      if (this.side === "left") {
        if (trained) product(G, B, { to: W.gradient, transposeB: true });
        product(W, G, { to, transposeA: true });
      } else {
        if (trained) product(B, G, { to: W.gradient, transposeA: true });
        product(G, W, { to, transposeB: true });
      }
    }
  }
}
