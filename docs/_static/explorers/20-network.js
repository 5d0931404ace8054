/* A network for two classes, trained with Adam on the binary cross-entropy: the formulas of mlpkit, in float64. */
"use strict";

(() => {
  const [BETA_1, BETA_2, EPSILON] = [0.9, 0.999, 1e-8];
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const ACTIVATIONS = {
    tanh: [Math.tanh, (z, a) => (1 - a) * (1 + a)],
    relu: [(z) => Math.max(0, z), (z) => Number(z > 0)],
    sigmoid: [sigmoid, (z, a) => a * (1 - a)],
    identity: [(z) => z, () => 1],
  };

  /** A multilayer perceptron with two inputs, `depth` hidden layers of `width` neurons, and one sigmoid at the end. */
  class Network {
    /** Make the layers; `draws` are numbers in [0, 1), from which the weights are made as Glorot does. */
    constructor(depth, width, activation, draws) {
      const sizes = [2, ...Array(depth).fill(width), 1];
      let used = 0;
      this.layers = sizes.slice(1).map((nOut, i) => {
        const nIn = sizes[i];
        const limit = Math.sqrt(6 / (nIn + nOut));
        const W = Float64Array.from({ length: nIn * nOut }, () => -limit + 2 * limit * draws[used++]);
        return { nIn, nOut, W, b: new Float64Array(nOut), functions: ACTIVATIONS[i < depth ? activation : "sigmoid"] };
      });
      this.memory = this.layers.map(({ W, b }) =>
        [W, b].map((each) => ({ m: new Float64Array(each.length), v: new Float64Array(each.length) })),
      );
      this.t = 0;
    }

    /** Return inputs, weighted sums and outputs of each layer; X is flat, a sample after the other. */
    forward(X) {
      const n = X.length / 2;
      const passes = [];
      for (const { nIn, nOut, W, b, functions } of this.layers) {
        const Z = new Float64Array(n * nOut);
        for (let s = 0; s < n; s++) {
          for (let j = 0; j < nOut; j++) {
            let sum = b[j];
            for (let k = 0; k < nIn; k++) sum += X[s * nIn + k] * W[k * nOut + j];
            Z[s * nOut + j] = sum;
          }
        }
        const A = Z.map(functions[0]);
        passes.push({ X, Z, A });
        X = A;
      }
      return passes;
    }

    /** Return loss and share of right answers. */
    evaluate(X, y) {
      const { Z } = this.forward(X).at(-1);
      let [loss, right] = [0, 0];
      y.forEach((answer, s) => {
        const z = Z[s];
        loss += Math.max(0, z) + Math.log1p(Math.exp(-Math.abs(z))) - z * answer;
        right += Number(z >= 0 === (answer === 1));
      });
      return { loss: loss / y.length, accuracy: right / y.length };
    }

    /** Return the gradients of W and b of each layer. */
    gradients(X, y) {
      const passes = this.forward(X);
      let dZ = passes.at(-1).A.map((p, s) => (p - y[s]) / y.length);
      const found = [];
      for (let l = this.layers.length - 1; l >= 0; l--) {
        const { nIn, nOut, W } = this.layers[l];
        const { X: input } = passes[l];
        const [dW, db, dX] = [new Float64Array(nIn * nOut), new Float64Array(nOut), new Float64Array(input.length)];
        for (let s = 0; s < y.length; s++) {
          for (let j = 0; j < nOut; j++) {
            const dz = dZ[s * nOut + j];
            db[j] += dz;
            for (let k = 0; k < nIn; k++) {
              dW[k * nOut + j] += input[s * nIn + k] * dz;
              dX[s * nIn + k] += dz * W[k * nOut + j];
            }
          }
        }
        found.unshift([dW, db]);
        if (l > 0) {
          const { Z, A } = passes[l - 1];
          const [, derivative] = this.layers[l - 1].functions;
          dZ = dX.map((value, i) => value * derivative(Z[i], A[i]));
        }
      }
      return found;
    }

    /** Take one step of Adam on the whole set. */
    step(X, y, rate) {
      const gradients = this.gradients(X, y);
      this.t += 1;
      const size = Math.sqrt((1 - BETA_2) / (1 - BETA_2 ** this.t));
      const length = (rate * (1 - BETA_1)) / (1 - BETA_1 ** this.t) / size;
      this.layers.forEach(({ W, b }, l) => {
        [W, b].forEach((parameter, i) => {
          const { m, v } = this.memory[l][i];
          const g = gradients[l][i];
          for (let k = 0; k < g.length; k++) {
            m[k] = BETA_1 * m[k] + g[k];
            v[k] = BETA_2 * v[k] + g[k] * g[k];
            parameter[k] -= (length * m[k]) / (Math.sqrt(v[k]) + EPSILON / size);
          }
        });
      });
    }

    /** Return a copy of all weights and biases. */
    save() {
      return this.layers.map(({ W, b }) => [W.slice(), b.slice()]);
    }

    /** Put saved weights and biases in the place of those that are there. */
    load(saved) {
      this.layers.forEach((layer, l) => ([layer.W, layer.b] = saved[l].map((each) => each.slice())));
    }
  }

  mlpExplorers.formulas.Network = Network;
})();
